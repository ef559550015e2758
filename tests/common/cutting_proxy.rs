//! A proxy on 127.0.0.1 that breaks off what it passes on.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// The proxy; it ends with the test.
pub struct CuttingProxy {
    port: u16,
    left: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

impl CuttingProxy {
    /// Passes on to a port; of the first connections that bring more than `bytes`, so many as
    /// `cuts` says end there.
    pub fn start(upstream: u16, bytes: usize, cuts: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let left = Arc::new(AtomicUsize::new(cuts));
        let ended = Arc::new(AtomicBool::new(false));
        let (cuts, end) = (Arc::clone(&left), Arc::clone(&ended));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let cuts = Arc::clone(&cuts);
                thread::spawn(move || pass_on(&client, upstream, bytes, &cuts));
            }
        });
        Self { port, left, ended }
    }

    /// The address of the proxy.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many connections it will still cut.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections, so that it sees the end.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn pass_on(client: &TcpStream, upstream: u16, most: usize, cuts: &AtomicUsize) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", upstream)) else {
        return;
    };
    let (Ok(mut asking), Ok(mut asked)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    thread::spawn(move || std::io::copy(&mut asking, &mut asked));
    let (mut from, mut to) = (&server, client);
    let mut passed = 0;
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        passed += length;
        let take_one = |left: usize| left.checked_sub(1);
        let order = Ordering::Relaxed;
        if passed > most && cuts.fetch_update(order, order, take_one).is_ok() {
            break;
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // Both fail only where the connection has already ended.
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
