//! Requests as bytes, for what no well-behaved client sends.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::answer::Answer;

/// How long an answer to a malformed request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends bytes and reads the one answer to them; none if the server hung up without a word.
pub async fn send(address: SocketAddr, asked: &str, request: &[u8]) -> Option<Answer> {
    exchange(address, asked, request, false).await
}

/// Like [`send`], and says that nothing more will come: for a request that is never complete.
pub async fn send_and_hang_up(address: SocketAddr, asked: &str, request: &[u8]) -> Option<Answer> {
    exchange(address, asked, request, true).await
}

async fn exchange(address: SocketAddr, asked: &str, request: &[u8], hang_up: bool) -> Option<Answer> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (mut read, mut write) = stream.split();
        let mut bytes = Vec::new();
        // A server may answer and hang up before it has read everything: what it said counts, not the broken pipe.
        let ((), ()) = tokio::join!(
            async {
                let _ = write.write_all(request).await;
                let _ = write.flush().await;
                if hang_up {
                    let _ = write.shutdown().await;
                }
            },
            async {
                let _ = read.read_to_end(&mut bytes).await;
            }
        );
        bytes
    };
    let bytes = tokio::time::timeout(PATIENCE, exchange).await.unwrap_or_else(|_| panic!("{asked}: no answer in {PATIENCE:?}"));
    parse(asked, &bytes)
}

fn parse(asked: &str, bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let body = &bytes[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value.contains("chunked"));
    let body = if chunked { unchunked(body) } else { body.to_vec() };
    Some(Answer { asked: asked.to_owned(), status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|text| usize::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
        let Some(chunk) = rest.get(end + 2..end + 2 + size).filter(|_| size > 0) else { break };
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
    body
}
