//! Stopping.

use std::io::{Read, Write};

use application::ports::Storage;

use crate::desk::Desk;

#[test]
fn a_server_that_stops_finishes_what_runs_and_takes_nothing_new() {
    let desk = Desk::open();
    let body = r#"{"email": "ana@example.com"}"#;
    let mut stream = desk.connect().expect("the server listens");
    let (key, length) = (&desk.key, body.len());
    let head = format!(
        "POST /bot/v1/users HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {key}\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the head is sent");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).expect("the request is taken");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    // While this is open, no call can be committed.
    let busy = desk.wait(desk.storage.begin()).expect("a unit of work");
    let stopped = desk.stop();
    while desk.connect().is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).expect("the body is sent");
    desk.wait(busy.rollback()).expect("the way is free");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers and closes");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(r#""created":true"#), "{answer}");
    desk.wait(stopped).expect("the server stops");
}
