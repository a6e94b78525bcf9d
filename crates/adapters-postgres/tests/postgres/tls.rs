//! Encrypted connections: to a server that proves who it is, or not at all.

use std::{io, net::SocketAddr};

use adapters_postgres::OpenError;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;

use crate::{
    authority::Authority,
    support::{config, storage},
};

/// How a client asks for encryption (PostgreSQL's protocol, `SSLRequest`).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Stands before the server and encrypts, as a server with a certificate does when it is asked to.
async fn encrypted_server(acceptor: TlsAcceptor) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, acceptor.clone()));
        }
    });
    address
}

async fn serve(mut client: TcpStream, acceptor: TlsAcceptor) -> io::Result<(u64, u64)> {
    let mut asked = [0; SSL_REQUEST.len()];
    client.read_exact(&mut asked).await?;
    assert_eq!(asked, SSL_REQUEST);
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    let server = config();
    let [Host::Tcp(host)] = server.get_hosts() else { panic!("the tests' server has one address") };
    let port = server.get_ports().first().copied().unwrap_or(5432);
    copy_bidirectional(&mut client, &mut TcpStream::connect((host.as_str(), port)).await?).await
}

/// What becomes of a connection to a server that says it is `host`.
async fn connected(authority: &Authority, host: &str, parameters: &str) -> Result<(), OpenError> {
    let address = encrypted_server(authority.certify(host)).await;
    let server = config();
    let password = String::from_utf8_lossy(server.get_password().expect("a password"));
    let (user, database) = (server.get_user().expect("a user"), server.get_dbname().expect("a database"));
    let url = format!("postgres://{user}:{password}@{address}/{database}?{parameters}");
    storage(&url).migration_status().await.map(drop)
}

fn trusting(authority: &Authority) -> String {
    format!("&sslrootcert={}", authority.file().display())
}

#[tokio::test]
async fn a_server_of_a_private_authority_is_used_when_the_url_names_the_authority() {
    let authority = Authority::new();
    let verified = format!("sslmode=verify-full{}", trusting(&authority));
    connected(&authority, "127.0.0.1", &verified).await.expect("it is the server");
    let any_host = format!("sslmode=verify-ca{}", trusting(&authority));
    connected(&authority, "db.example", &any_host).await.expect("its authority is trusted");
    connected(&authority, "db.example", "sslmode=require").await.expect("it is not asked who it is");
}

#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_is_refused_with_a_sentence() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (case, host, parameters) in [
        ("nobody here knows the authority", "127.0.0.1", "sslmode=verify-full".to_owned()),
        ("another authority is trusted", "127.0.0.1", format!("sslmode=verify-full{}", trusting(&stranger))),
        (
            "the certificate is for another host",
            "db.example",
            format!("sslmode=verify-full{}", trusting(&authority)),
        ),
        (
            "another authority is trusted for any host",
            "127.0.0.1",
            format!("sslmode=verify-ca{}", trusting(&stranger)),
        ),
    ] {
        let error = connected(&authority, host, &parameters).await.expect_err(case);
        assert!(matches!(error, OpenError::Tls(_)) && !error.is_temporary(), "{case}: {error:?}");
        assert!(error.to_string().contains("sslrootcert"), "{error}");
    }
}
