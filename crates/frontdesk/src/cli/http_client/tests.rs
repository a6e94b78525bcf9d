//! The client against a server that says what it is told to.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::*;

const CALL: Request<'static> =
    Request { method: "POST", path: "/bot/v1/users", key: Some("fd_x"), body: "{}" };

/// The answers on each connection.
type Connections = &'static [&'static [&'static str]];

/// Serves one connection for each list of answers; closes it after the last. Gives what it was sent.
async fn canned(connections: Connections) -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answers in connections {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            for answer in *answers {
                requests.push(one_request(&mut stream).await);
                stream.write_all(answer.as_bytes()).await.expect("a client that reads");
            }
        }
        requests
    });
    (address, served)
}

/// Reads up to the end of the bodies that these tests send.
async fn one_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n{}") && !read.ends_with(b"length: 0\r\n\r\n") {
        read.push(stream.read_u8().await.expect("a request"));
    }
    String::from_utf8(read).expect("text")
}

async fn answered(connections: Connections) -> Result<Response, HttpError> {
    let (address, _served) = canned(connections).await;
    HttpClient::new(&format!("http://{address}")).expect("a URL").call(CALL).await
}

#[tokio::test]
async fn a_call_carries_the_key_and_the_body() {
    let (address, served) = canned(&[&["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"]]).await;
    let mut client = HttpClient::new(&format!("http://{address}/desk/")).expect("a URL");
    let response = client.call(CALL).await.expect("an answer");
    assert_eq!((response.status, response.body.as_str()), (200, "{}"));
    let sent = served.await.expect("a served connection").remove(0);
    assert!(sent.starts_with("POST /desk/bot/v1/users HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains(&format!("host: {address}\r\n")) && sent.contains("Bearer fd_x\r\n"), "{sent}");
}

#[tokio::test]
async fn chunks_are_put_together() {
    const CHUNKED: &str = "HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nFron\r\n5\r\ntdesk\r\n0\r\nTrailer: x\r\n\r\n";
    let response = answered(&[&[CHUNKED]]).await.expect("an answer");
    assert_eq!((response.status, response.body.as_str()), (503, "Frontdesk"));
}

#[tokio::test]
async fn without_a_length_the_end_of_the_connection_ends_the_body() {
    let response = answered(&[&["HTTP/1.0 200 OK\r\n\r\nready"]]).await.expect("an answer");
    assert_eq!(response.body, "ready");
}

#[tokio::test]
async fn a_connection_is_kept_and_replaced_when_the_server_closed_it() {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let (address, served) = canned(&[&[OK, OK], &[OK]]).await;
    let mut client = HttpClient::new(&format!("http://{address}")).expect("a URL");
    for _ in 0..3 {
        assert_eq!(client.call(CALL).await.expect("an answer").status, 200);
    }
    assert_eq!(served.await.expect("two served connections").len(), 3);
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    const BROKEN: [Connections; 5] = [
        &[&["SSH-2.0-OpenSSH\r\n"]],
        &[&["HTTP/1.1 abc\r\n\r\n"]],
        &[&["HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n"]],
        &[&["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort"]],
        &[&["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"]],
    ];
    for broken in BROKEN {
        let answer = answered(broken).await;
        assert!(matches!(answer, Err(HttpError::Connection { .. })), "{answer:?}");
    }
}

#[test]
fn urls_are_read_and_https_is_refused_with_a_hint() {
    for (url, server, path) in [
        ("http://localhost:8080", "localhost:8080", ""),
        ("HTTP://desk.example.com/", "desk.example.com:80", ""),
        ("http://[::1]/desk", "[::1]:80", "/desk"),
    ] {
        let client = HttpClient::new(url).expect(url);
        assert_eq!((client.server.as_str(), client.base_path.as_str()), (server, path));
    }
    assert!(matches!(HttpClient::new("https://desk.example.com"), Err(HttpError::Https)));
    for url in ["", "localhost", "ftp://x", "http://", "http://a b", "http://x/\r\nhost: y", "http://u@x"] {
        assert!(matches!(HttpClient::new(url), Err(HttpError::Url)), "{url}");
    }
}
