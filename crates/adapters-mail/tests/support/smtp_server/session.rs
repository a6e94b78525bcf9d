//! One conversation of the server.

use std::{future, io, mem};

use jiff::Timestamp;
use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, copy,
        empty, sink,
    },
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{Act, Behaviour, Connected, Encryption, ReceivedMail};

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

struct Session {
    stream: BufReader<Box<dyn Wire>>,
    connected: Connected,
    encrypted: bool,
    from: String,
    to: Vec<String>,
}

/// Serves one client until either side has had enough.
pub(super) async fn serve(stream: TcpStream, connected: Connected) -> io::Result<()> {
    let mut session = Session {
        stream: BufReader::new(Box::new(stream)),
        connected,
        encrypted: false,
        from: String::new(),
        to: Vec::new(),
    };
    let behaviour = session.behaviour();
    if let Encryption::Implicit(acceptor) = &behaviour.encryption {
        session.encrypt(acceptor).await?;
    }
    session.perform(behaviour.greeting).await?;
    loop {
        let line = session.read_command().await?;
        session.obey(&line).await?;
    }
}

impl Session {
    fn behaviour(&self) -> Behaviour {
        self.connected.0.behaviour()
    }

    async fn obey(&mut self, line: &str) -> io::Result<()> {
        let behaviour = self.behaviour();
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => self.introduce(&behaviour).await,
            "STARTTLS" => self.start_tls(&behaviour).await,
            "AUTH" => self.log_in(line, behaviour.login).await,
            "MAIL" => {
                (self.from, self.to) = (address(line), Vec::new());
                self.perform(behaviour.sender).await
            }
            "RCPT" => {
                self.to.push(address(line));
                self.perform(behaviour.recipient).await
            }
            "DATA" => self.take_message(&behaviour).await,
            "QUIT" => self.perform(Act::SayAndClose("221 2.0.0 bye")).await,
            _ => self.perform(Act::Say("502 5.5.1 what?")).await,
        }
    }

    async fn introduce(&mut self, behaviour: &Behaviour) -> io::Result<()> {
        let mut lines = vec!["mail.test"];
        lines.extend(behaviour.offers);
        if !self.encrypted && matches!(behaviour.encryption, Encryption::StartTls(_)) {
            lines.push("STARTTLS");
        }
        self.say(&format!("250-{}\r\n250 HELP", lines.join("\r\n250-"))).await
    }

    async fn start_tls(&mut self, behaviour: &Behaviour) -> io::Result<()> {
        self.perform(behaviour.starttls).await?;
        match &behaviour.encryption {
            Encryption::StartTls(acceptor) if behaviour.starttls.is_positive() => {
                self.encrypt(acceptor).await
            }
            _ => Ok(()),
        }
    }

    async fn encrypt(&mut self, acceptor: &TlsAcceptor) -> io::Result<()> {
        let plain =
            mem::replace(&mut self.stream, BufReader::new(Box::new(tokio::io::join(empty(), sink()))));
        self.stream = BufReader::new(Box::new(acceptor.accept(plain.into_inner()).await?));
        self.encrypted = true;
        Ok(())
    }

    /// `AUTH PLAIN` brings all at once; `AUTH LOGIN` is asked for the name and then for the password.
    async fn log_in(&mut self, line: &str, login: Act) -> io::Result<()> {
        if line == "AUTH LOGIN" {
            for question in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                self.say(question).await?;
                self.read_command().await?;
            }
        }
        self.perform(login).await
    }

    async fn take_message(&mut self, behaviour: &Behaviour) -> io::Result<()> {
        self.perform(behaviour.data).await?;
        if !behaviour.data.is_positive() {
            return Ok(());
        }
        if let Some((bytes, act)) = behaviour.interrupts_message {
            copy(&mut (&mut self.stream).take(bytes), &mut sink()).await?;
            if matches!(act, Act::Hang) {
                return future::pending().await;
            }
            return self.perform(act).await;
        }
        let mail = self.read_mail().await?;
        // What becomes of the mail is looked up now, since the message may have taken its time.
        let act = self.behaviour().message;
        if !act.is_refusal() {
            self.connected.0.mails.send_modify(|mails| mails.push(mail));
        }
        self.perform(act).await
    }

    async fn read_mail(&mut self) -> io::Result<ReceivedMail> {
        let mut data = String::new();
        loop {
            let line = self.read_line().await?;
            if line == ".\r\n" {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        Ok(ReceivedMail {
            from: mem::take(&mut self.from),
            to: mem::take(&mut self.to),
            data,
            accepted_at: now(),
            encrypted: self.encrypted,
        })
    }

    /// Does one thing; an error ends the session.
    async fn perform(&mut self, act: Act) -> io::Result<()> {
        match act {
            Act::Say(reply) => self.say(reply).await,
            Act::SayAndClose(reply) => {
                self.say(reply).await?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Act::Close => Err(io::ErrorKind::ConnectionAborted.into()),
            Act::Hang => {
                copy(&mut self.stream, &mut sink()).await?;
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    async fn read_command(&mut self) -> io::Result<String> {
        let line = self.read_line().await?.trim_end().to_owned();
        self.connected.0.commands().push(line.clone());
        Ok(line)
    }

    async fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }
}

/// What stands in angle brackets.
fn address(line: &str) -> String {
    let after = line.split_once('<').map_or("", |(_, after)| after);
    after.rsplit_once('>').map_or("", |(address, _)| address).to_owned()
}

#[expect(clippy::disallowed_methods, reason = "this server is another party, with a clock of its own")]
fn now() -> Timestamp {
    Timestamp::now()
}
