//! A language server that was started for a directory, spoken to as editors do (LSP 3.17).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tempfile::TempDir;
use vhb::schema::Described;

/// An answer that takes longer will not come.
const PATIENCE: Duration = Duration::from_mins(2);

/// A project with the schemas, and the server that looks at its files.
pub(crate) struct Server {
    directory: TempDir,
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Json>,
    asked: u64,
    /// What was published of each file, by its path in the project.
    published: BTreeMap<String, Vec<Json>>,
}

impl Server {
    /// Starts the server for a project that holds nothing but `schemas/`.
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for described in Described::ALL {
            let path = directory.path().join("schemas").join(described.file_name());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, described.to_bytes()).unwrap();
        }
        let mut child = Command::new("node")
            .arg(program())
            .arg("--stdio")
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("these tests need node on PATH");
        let (sender, messages) = channel();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            while let Some(message) = receive(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let stdin = child.stdin.take().unwrap();
        let mut server = Self {
            directory,
            child,
            stdin,
            messages,
            asked: 0,
            published: BTreeMap::new(),
        };
        server.initialize();
        server
    }

    fn initialize(&mut self) {
        let capabilities = json!({
            "workspace": { "configuration": true },
            "textDocument": {
                "hover": { "contentFormat": ["markdown"] },
                "completion": { "completionItem": { "documentationFormat": ["markdown"] } },
            },
        });
        let root = self.uri("");
        self.ask(
            "initialize",
            &json!({ "processId": std::process::id(), "rootUri": root, "capabilities": capabilities }),
        );
        self.tell("initialized", &json!({}));
        // It asks for its settings before it looks at anything.
        while !self.step() {}
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.directory.path().display())
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The project.
    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Opens a file of the project in the editor.
    pub(crate) fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// What the editor shows of an open file.
    pub(crate) fn diagnostics(&mut self, path: &str) -> Vec<Json> {
        loop {
            if let Some(shown) = self.published.get(path) {
                return shown.clone();
            }
            self.step();
        }
    }

    /// What is explained at a place, both counted from 1.
    pub(crate) fn hover(&mut self, path: &str, line: usize, column: usize) -> String {
        let answer = self.ask("textDocument/hover", &self.place(path, line, column));
        answer["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// What may be typed at a place: each label, with its explanation.
    pub(crate) fn completions(
        &mut self,
        path: &str,
        line: usize,
        column: usize,
    ) -> BTreeMap<String, String> {
        let answer = self.ask("textDocument/completion", &self.place(path, line, column));
        let items = answer.get("items").unwrap_or(&answer).as_array().cloned();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let items = items.unwrap_or_default().into_iter().map(|item| {
            let documentation = &item["documentation"];
            let explained = documentation.get("value").unwrap_or(documentation);
            (text(&item["label"]), text(explained))
        });
        items.collect()
    }

    fn place(&self, path: &str, line: usize, column: usize) -> Json {
        json!({
            "textDocument": { "uri": self.uri(path) },
            "position": { "line": line - 1, "character": column - 1 },
        })
    }

    fn tell(&mut self, method: &str, params: &Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: &Json) -> Json {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.take(&message);
        }
    }

    fn send(&mut self, message: &Json) {
        let text = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.stdin.flush().unwrap();
    }

    fn next(&mut self) -> Json {
        let waited = self.messages.recv_timeout(PATIENCE);
        waited.expect("the language server answers and does not end")
    }

    /// Takes one message; whether it asked for the settings.
    fn step(&mut self) -> bool {
        let message = self.next();
        self.take(&message)
    }

    fn take(&mut self, message: &Json) -> bool {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let root = self.uri("");
                let uri = params["uri"].as_str().unwrap();
                let path = uri.strip_prefix(&root).unwrap().to_owned();
                let shown = params["diagnostics"].as_array().unwrap().clone();
                self.published.insert(path, shown);
                false
            }
            Some("workspace/configuration") => {
                let items = params["items"].as_array().unwrap();
                let of = |item: &Json| match item["section"].as_str() {
                    Some("yaml") => settings(),
                    _ => json!({}),
                };
                let result: Vec<_> = items.iter().map(of).collect();
                let id = &message["id"];
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
                items.iter().any(|item| item["section"] == "yaml")
            }
            Some(_) if message.get("id").is_some() => {
                let id = &message["id"];
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
                false
            }
            _ => false,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a user has to set: registries are YAML 1.1. Nothing is fetched.
fn settings() -> Json {
    json!({
        "yamlVersion": "1.1",
        "validate": true,
        "hover": true,
        "completion": true,
        "schemaStore": { "enable": false },
    })
}

fn program() -> PathBuf {
    let inside = "tests/npm/node_modules/yaml-language-server/bin/yaml-language-server";
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join(inside);
    assert!(
        installed.is_file(),
        "there is no `{inside}`: `make npm` installs it"
    );
    installed
}

fn receive(stdout: &mut impl BufRead) -> Option<Json> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length?];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
