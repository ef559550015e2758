//! A store of objects that speaks S3 on 127.0.0.1: the server of the Python package moto.
//!
//! It does not check signatures, but lets nobody read who sends none and was not invited.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::git_server::free_port;

/// Generous: only a machine that is stuck reaches it.
const PATIENCE: Duration = Duration::from_mins(2);

/// What stays as it is in the path of a key.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_');

/// A running store; its buckets are gone with it.
pub struct S3Server {
    child: Child,
    port: u16,
}

impl S3Server {
    /// Starts a store, and waits until it answers.
    pub fn start() -> Self {
        // Between finding a free port and using it, someone else may take it.
        for _ in 0..3 {
            let port = free_port();
            let mut server = Self {
                child: spawn(port),
                port,
            };
            if server.is_ready() {
                return server;
            }
        }
        panic!(
            "`{} -m moto.server` does not start: `make tools` installs it, and VHB_PYTHON names its Python",
            python().display()
        );
    }

    /// The address of the store.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The environment of one who may read everything.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", "tester"),
            ("AWS_SECRET_ACCESS_KEY", "s3cret"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &self.endpoint()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Makes a bucket.
    pub fn bucket(&self, name: &str) {
        self.sent("PUT", name, &[], b"");
    }

    /// Makes a bucket that everybody may read.
    pub fn public_bucket(&self, name: &str) {
        self.sent("PUT", name, &[("x-amz-acl", "public-read")], b"");
    }

    /// Has a bucket keep all versions from now on.
    pub fn keep_versions(&self, bucket: &str) {
        let body = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        self.sent("PUT", &format!("{bucket}?versioning"), &[], body);
    }

    /// Writes an object, also over one that there is.
    pub fn put(&self, bucket: &str, key: &str, content: &[u8]) {
        let path = format!("{bucket}/{}", utf8_percent_encode(key, KEPT));
        self.sent("PUT", &path, &[("x-amz-acl", "public-read")], content);
    }

    /// Deletes an object.
    pub fn delete(&self, bucket: &str, key: &str) {
        let path = format!("{bucket}/{}", utf8_percent_encode(key, KEPT));
        self.sent("DELETE", &path, &[], b"");
    }

    /// Stops answering.
    pub fn stop(&mut self) {
        // Both fail only where it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn sent(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) {
        let status = self.ask(method, path, headers, body);
        let status = status.expect("the store answers");
        assert!((200..300).contains(&status), "{method} {path}: {status}");
    }

    /// As it stands: an HTTP library would tidy `..` away.
    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<u16> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let length = body.len();
        write!(stream, "{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n")?;
        write!(
            stream,
            "Authorization: AWS4-HMAC-SHA256 Credential=tester/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n"
        )?;
        write!(
            stream,
            "Content-Type: application/octet-stream\r\nConnection: close\r\n"
        )?;
        for (name, value) in headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        write!(stream, "Content-Length: {length}\r\n\r\n")?;
        stream.write_all(body)?;
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        reader.read_to_end(&mut Vec::new())?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        status.ok_or_else(|| std::io::Error::other(line))
    }

    fn is_ready(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            if self.ask("GET", "", &[], b"").is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn python() -> PathBuf {
    std::env::var_os("VHB_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}

fn spawn(port: u16) -> Child {
    Command::new(python())
        .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"])
        .arg(port.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("VHB_PYTHON, else python3, is a program")
}
