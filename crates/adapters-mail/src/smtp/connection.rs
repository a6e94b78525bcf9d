//! One connection: opening it, and handing over a mail on it.

use std::io;

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        authentication::Mechanism,
        commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Starttls},
        extension::{MailBodyParameter, MailParameter},
    },
};
use tokio::net::{TcpStream, lookup_host};
use tokio_util::either::Either;

use super::{
    dialogue::{Dialogue, Stream, within},
    login::Login,
    reply::Reply,
    settings::{Security, SmtpSettings},
    tls::Tls,
    trouble::{Failure, Step, Trouble},
};

/// A connection that is greeted, secured and logged in as the settings say: ready for a mail.
pub(super) struct Connection {
    dialogue: Dialogue,
    /// The reply to the last `EHLO`, which lists what the server can do.
    hello: Reply,
}

impl Connection {
    pub(super) async fn open(settings: &SmtpSettings) -> Result<Self, Trouble> {
        let stream = Either::Left(connect(settings).await.map_err(|failure| failure.at(Step::Connect))?);
        let mut connection = match &settings.security {
            Security::Plain => Self::greeted(settings, stream).await?,
            Security::Implicit(tls) => Self::greeted(settings, secure(settings, tls, stream).await?).await?,
            Security::StartTls(tls) => {
                Self::greeted(settings, stream).await?.start_tls(settings, tls).await?
            }
        };
        if let Some(login) = &settings.login {
            connection.log_in(login).await?;
        }
        Ok(connection)
    }

    async fn greeted(settings: &SmtpSettings, stream: Stream) -> Result<Self, Trouble> {
        let mut dialogue = Dialogue::new(stream, settings.timeouts);
        dialogue.reply(Step::Greeting).await?;
        Self::introduced(settings, dialogue).await
    }

    async fn introduced(settings: &SmtpSettings, mut dialogue: Dialogue) -> Result<Self, Trouble> {
        let hello = dialogue.command(Step::Hello, Ehlo::new(settings.hello_name.clone())).await?;
        Ok(Self { dialogue, hello })
    }

    async fn start_tls(mut self, settings: &SmtpSettings, tls: &Tls) -> Result<Self, Trouble> {
        if !self.hello.offers("STARTTLS") {
            return Err(Failure::NotOffered("STARTTLS").at(Step::StartTls));
        }
        self.dialogue.command(Step::StartTls, Starttls).await?;
        let stream = self.dialogue.into_unread().map_err(|failure| failure.at(Step::StartTls))?;
        let stream = secure(settings, tls, stream).await?;
        // What was offered in clear counts no more (RFC 3207, section 4.2).
        Self::introduced(settings, Dialogue::new(stream, settings.timeouts)).await
    }

    async fn log_in(&mut self, login: &Login) -> Result<(), Trouble> {
        if self.hello.offers_login_by("PLAIN") {
            self.authenticate(Step::Login, Mechanism::Plain, login, None).await
        } else if self.hello.offers_login_by("LOGIN") {
            self.authenticate(Step::LoginChallenge, Mechanism::Login, login, None).await?;
            self.authenticate(Step::LoginChallenge, Mechanism::Login, login, Some("Username")).await?;
            self.authenticate(Step::Login, Mechanism::Login, login, Some("Password")).await
        } else {
            Err(Failure::NotOffered("AUTH PLAIN or AUTH LOGIN").at(Step::Login))
        }
    }

    async fn authenticate(
        &mut self,
        step: Step,
        mechanism: Mechanism,
        login: &Login,
        challenge: Option<&str>,
    ) -> Result<(), Trouble> {
        let command = Auth::new(mechanism, login.credentials(), challenge.map(str::to_owned))
            .expect("each mechanism is given the challenges that it knows");
        self.dialogue.command(step, command).await.map(drop)
    }

    /// Hands over one mail, given in its [wire form](super::wire_form). The first recipient who is refused decides
    /// for all. After an error the connection must not be used for another mail.
    pub(super) async fn deliver(&mut self, envelope: &Envelope, wire: &[u8]) -> Result<Reply, Trouble> {
        let parameters = self.mail_parameters(envelope, wire)?;
        self.dialogue.command(Step::Sender, Mail::new(envelope.from().cloned(), parameters)).await?;
        for recipient in envelope.to() {
            self.dialogue.command(Step::Recipient, Rcpt::new(recipient.clone(), vec![])).await?;
        }
        self.dialogue.command(Step::Data, Data).await?;
        self.dialogue.write(Step::Message, wire).await?;
        self.dialogue.reply(Step::Answer).await
    }

    /// What must be said with `MAIL` for addresses and text beyond ASCII (RFC 6531, section 3.4; RFC 6152,
    /// section 3). A server that does not offer it must not be given them.
    fn mail_parameters(&self, envelope: &Envelope, wire: &[u8]) -> Result<Vec<MailParameter>, Trouble> {
        // A line end would end the command and begin another.
        if addresses(envelope).any(|address| address.contains(char::is_control)) {
            return Err(Failure::Unsendable("an address has a control character").at(Step::Sender));
        }
        let mut parameters = Vec::new();
        if !addresses(envelope).all(str::is_ascii) {
            self.require("SMTPUTF8", "the server takes no address with letters beyond ASCII")?;
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !wire.is_ascii() {
            self.require("8BITMIME", "the server takes no text with letters beyond ASCII")?;
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    fn require(&self, extension: &str, else_unsendable: &'static str) -> Result<(), Trouble> {
        if self.hello.offers(extension) {
            return Ok(());
        }
        Err(Failure::Unsendable(else_unsendable).at(Step::Sender))
    }

    /// Takes leave politely, in the background; nobody waits for the answer.
    pub(super) fn quit(mut self) {
        tokio::spawn(async move { self.dialogue.command(Step::Quit, Quit).await.map(drop) });
    }
}

fn addresses(envelope: &Envelope) -> impl Iterator<Item = &str> {
    envelope.from().into_iter().chain(envelope.to()).map(Address::as_ref)
}

/// Connects to the first address of the host that answers. Without `TCP_NODELAY` every mail would wait some 40 ms
/// for a delayed acknowledgement.
async fn connect(settings: &SmtpSettings) -> Result<TcpStream, Failure> {
    let limit = Step::Connect.limit(&settings.timeouts);
    let mut last = Failure::Io(io::ErrorKind::AddrNotAvailable.into());
    for address in within(limit, lookup_host((settings.host.as_str(), settings.port))).await? {
        match within(limit, TcpStream::connect(address)).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

async fn secure(settings: &SmtpSettings, tls: &Tls, stream: Stream) -> Result<Stream, Trouble> {
    let Either::Left(stream) = stream else {
        return Ok(stream);
    };
    let stream = within(Step::Handshake.limit(&settings.timeouts), tls.secure(stream)).await;
    stream.map(|stream| Either::Right(Box::new(stream))).map_err(|failure| failure.at(Step::Handshake))
}
