//! A server on a free port of 127.0.0.1 that ends with the test.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::wire::{Answer, Request, receive, send};

/// No connection lives longer, whatever goes wrong in a test.
const LONGEST_CONNECTION: Duration = Duration::from_secs(20);

/// A running server; every connection has a thread, and every request a connection.
#[derive(Debug)]
pub(crate) struct Loopback {
    pub(crate) address: SocketAddr,
    ended: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Loopback {
    /// Listens; `answer` is told every request.
    pub(crate) fn start(answer: impl Fn(Request) -> Answer + Send + Sync + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let answer = Arc::new(answer);
        let listener = thread::spawn({
            let ended = Arc::clone(&ended);
            move || {
                for stream in socket.incoming().map_while(Result::ok) {
                    if ended.load(Ordering::SeqCst) {
                        return;
                    }
                    let (answer, ended) = (Arc::clone(&answer), Arc::clone(&ended));
                    // A client that goes away in the middle is no failure of the server.
                    thread::spawn(move || drop(serve(&stream, &*answer, &ended)));
                }
            }
        });
        Self {
            address,
            ended,
            listener: Some(listener),
        }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The listener looks at the flag when somebody connects.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

fn serve(
    stream: &TcpStream,
    answer: &dyn Fn(Request) -> Answer,
    ended: &AtomicBool,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(LONGEST_CONNECTION))?;
    stream.set_write_timeout(Some(LONGEST_CONNECTION))?;
    let Some(request) = receive(stream)? else {
        return Ok(());
    };
    let answer = answer(request);
    if answer.silent {
        let end = Instant::now() + LONGEST_CONNECTION;
        while !ended.load(Ordering::SeqCst) && Instant::now() < end {
            thread::sleep(Duration::from_millis(10));
        }
        return Ok(());
    }
    send(stream, &answer)
}
