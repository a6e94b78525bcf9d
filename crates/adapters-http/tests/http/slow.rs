//! Clients that take their time, or much room.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use crate::desk::Desk;

/// Longer than any limit of time: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

fn connect(desk: &Desk) -> TcpStream {
    let stream = desk.connect().expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// Sends `beginning` and then one byte after another, until the server has had enough. Answers what it said.
fn dribble(desk: &Desk, beginning: &str) -> String {
    let mut stream = connect(desk);
    stream.write_all(beginning.as_bytes()).expect("the server reads");
    let mut slow = stream.try_clone().expect("a handle");
    let dribbling = thread::spawn(move || {
        while slow.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers and closes");
    drop(stream);
    dribbling.join().expect("the client notices");
    answer
}

#[test]
fn a_client_that_dribbles_is_cut_off() {
    let desk = Desk::open();
    let [.., token] = desk.tokens();
    let post = |path: &str, key: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Length: 60000\r\n\
             Content-Type: application/json\r\nConnection: close\r\n\r\n"
        )
    };
    let head = "GET /bot/v1/topics HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".to_owned();
    let cases = [
        (head, "408 Request Timeout"),
        (post("/bot/v1/users", &desk.key), "408 Request Timeout"),
        (post(&desk.hook("web"), &desk.key), "408 Request Timeout"),
        (post("/api/v1/users", &token), "408 Request Timeout"),
        (post("/bot/v1/users", "fd_wrong"), "401 Unauthorized"),
        (post("/nothing", ""), "404 Not Found"),
    ];
    thread::scope(|scope| {
        for (beginning, status) in &cases {
            let desk = &desk;
            scope.spawn(move || {
                let answer = dribble(desk, beginning);
                assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{beginning}: {answer}");
            });
        }
    });
    assert!(desk.storage.intake_rows().is_empty());
}

#[test]
fn a_head_of_any_length_is_not_read() {
    let desk = Desk::open();
    let mut stream = connect(&desk);
    let head = format!("GET /bot/v1/topics HTTP/1.1\r\nHost: localhost\r\nX-Long: {}", "a".repeat(200_000));
    // The server may answer before it read everything.
    let _ = stream.write_all(head.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn any_number_of_headers_is_not_read() {
    let desk = Desk::open();
    let many = (0..200).fold(desk.get("/bot/v1/topics"), |request, n| request.header(&format!("X-{n}"), "a"));
    assert_eq!(many.send().status, 431);
}
