//! Mail: text and HTML, the snapshot inline, the same Message-ID on every attempt.

use std::time::Duration;

use anjian_domain::WallTime;
use anjian_indexer::Attempt;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::message::Message;
use crate::words::failure;

/// Of one command of SMTP. A whole delivery takes several.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the mail calls its picture.
const PICTURE: &str = "snapshot";

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte.
    Implicit,
    /// Begins in the open, and goes on only with TLS.
    StartTls,
    /// Not at all.
    None,
}

/// Which server sends mails, and from whom they come.
#[derive(Clone)]
pub struct MailSettings {
    /// Its name.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way is protected.
    pub tls: MailTls,
    /// The sender.
    pub from: Mailbox,
    /// Name and password; none: the server asks for none.
    pub login: Option<(String, String)>,
    /// Authorities that are trusted beside those of the system.
    pub authorities: Vec<Certificate>,
}

/// A mail server.
pub(crate) struct Mailer {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Mailer {
    /// # Errors
    /// When the server's name or a certificate cannot be used.
    pub(crate) fn new(settings: &MailSettings) -> Result<Self, lettre::transport::smtp::Error> {
        let mut parameters = TlsParameters::builder(settings.server.clone());
        for authority in &settings.authorities {
            parameters = parameters.add_root_certificate(authority.clone());
        }
        let tls = match settings.tls {
            MailTls::Implicit => Tls::Wrapper(parameters.build()?),
            MailTls::StartTls => Tls::Required(parameters.build()?),
            MailTls::None => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.server);
        let mut builder = builder.port(settings.port).tls(tls).timeout(Some(PATIENCE));
        if let Some((name, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self { from: settings.from.clone(), transport: builder.build() })
    }

    /// Sends a message to an address.
    pub(crate) async fn send(&self, to: &str, message: &Message, now: WallTime) -> Attempt {
        let mail = match self.mail(to, message, now) {
            Ok(mail) => mail,
            Err(why) => return Attempt::Refused { why },
        };
        match self.transport.send(mail).await {
            Ok(response) => {
                let said: Vec<_> = response.message().collect();
                Attempt::Delivered { receipt: format!("{} {}", response.code(), said.join(" ")) }
            }
            Err(error) if error.is_permanent() => Attempt::Refused { why: failure(&error) },
            Err(error) => Attempt::Away { why: failure(&error), after: None },
        }
    }

    fn mail(&self, to: &str, message: &Message, now: WallTime) -> Result<lettre::Message, String> {
        let to: Mailbox = to.parse().map_err(|error| format!("{to}: {error}"))?;
        let host = self.from.email.domain();
        let text = SinglePart::plain(message.text.clone());
        let html = SinglePart::html(message.html.clone());
        let html = match &message.picture {
            Some(picture) => {
                let kind = ContentType::parse("image/jpeg").map_err(|error| error.to_string())?;
                let inline = Attachment::new_inline_with_name(PICTURE.to_owned(), "snapshot-derived.jpg".to_owned());
                MultiPart::related().singlepart(html).singlepart(inline.body(picture.clone(), kind))
            }
            None => MultiPart::related().singlepart(html),
        };
        lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject.clone())
            .date(now.timestamp().into())
            .message_id(Some(format!("<{}@{host}>", message.id)))
            .multipart(MultiPart::alternative().singlepart(text).multipart(html))
            .map_err(|error| error.to_string())
    }
}
