//! What the server is told to do.

use tokio_rustls::TlsAcceptor;

/// What the server does at each step. The default takes every mail.
#[derive(Clone)]
pub struct Behaviour {
    /// `false`: connections are refused.
    pub listens: bool,
    /// Whether and how it speaks TLS.
    pub encryption: Encryption,
    /// The extensions in the reply to `EHLO`; `STARTTLS` is added by itself.
    pub offers: &'static [&'static str],
    /// When a client has connected.
    pub greeting: Act,
    /// At `STARTTLS`; TLS begins if this is positive.
    pub starttls: Act,
    /// When user name and password have been given.
    pub login: Act,
    /// At `MAIL`.
    pub sender: Act,
    /// At `RCPT`.
    pub recipient: Act,
    /// At `DATA`; the message is read if this is positive.
    pub data: Act,
    /// Reads so many bytes of a message, never its end, and then does this; when it hangs, it reads no more.
    pub interrupts_message: Option<(u64, Act)>,
    /// When the message has arrived.
    pub message: Act,
}

/// Whether the server speaks TLS.
#[derive(Clone)]
pub enum Encryption {
    None,
    StartTls(TlsAcceptor),
    Implicit(TlsAcceptor),
}

/// One thing to do.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Answers. Line ends within the text are written as they are.
    Say(&'static str),
    /// Answers and closes the connection.
    SayAndClose(&'static str),
    /// Closes the connection.
    Close,
    /// Answers nothing any more, and keeps the connection as long as the client does.
    Hang,
}

impl Act {
    /// Whether the client is told to go on.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Say(reply) | Self::SayAndClose(reply) if reply.starts_with(['2', '3']))
    }

    /// Whether the client is told that it may not go on.
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Say(reply) | Self::SayAndClose(reply) if reply.starts_with(['4', '5']))
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            listens: true,
            encryption: Encryption::None,
            offers: &["8BITMIME", "SMTPUTF8"],
            greeting: Act::Say("220 mail.test ready"),
            starttls: Act::Say("220 2.0.0 go ahead"),
            login: Act::Say("235 2.7.0 welcome"),
            sender: Act::Say("250 2.1.0 ok"),
            recipient: Act::Say("250 2.1.5 ok"),
            data: Act::Say("354 go on"),
            interrupts_message: None,
            message: Act::Say("250 2.0.0 queued as 4F3"),
        }
    }
}
