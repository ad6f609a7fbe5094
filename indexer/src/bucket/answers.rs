//! Refusals in HTTP as errors that can be sorted. `object_store` has the status, but in a type that it keeps to itself, and
//! repeats the whole answer, which may quote a session token.

use std::future::Future;
use std::pin::Pin;

use bytes::BytesMut;
use futures_util::StreamExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService, ReqwestConnector,
};

use super::cause::Answer;

/// Refusals are short; a proxy's page of advice need not be read to its end.
const READ_BYTES: usize = 64 * 1024;
/// More of a message says no more.
const MESSAGE_CHARS: usize = 200;

/// Makes clients whose refusals are errors with an [`Answer`] inside.
#[derive(Debug)]
pub(super) struct Answers;

impl HttpConnector for Answers {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Sorted(ReqwestConnector::default().connect(options)?)))
    }
}

#[derive(Debug)]
struct Sorted(HttpClient);

impl HttpService for Sorted {
    // As `async_trait` writes it: one method is not worth the macro.
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let response = self.0.execute(request).await?;
            if response.status().is_success() {
                return Ok(response);
            }
            let status = response.status().as_u16();
            let answer = read_answer(status, &beginning(response.into_body()).await);
            let kind =
                if answer.is_worth_a_retry() { HttpErrorKind::Request } else { HttpErrorKind::Unknown };
            Err(HttpError::new(kind, answer))
        })
    }
}

/// What there is of it: the status says enough when the rest does not come.
async fn beginning(body: HttpResponseBody) -> String {
    let mut read = BytesMut::new();
    let mut chunks = body.bytes_stream();
    while read.len() < READ_BYTES
        && let Some(Ok(chunk)) = chunks.next().await
    {
        read.extend_from_slice(&chunk);
    }
    String::from_utf8_lossy(&read).into_owned()
}

fn read_answer(status: u16, body: &str) -> Answer {
    let element = |name: &str| {
        let (_, after) = body.split_once(&format!("<{name}>"))?;
        let (text, _) = after.split_once(&format!("</{name}>"))?;
        Some(
            text.trim().chars().filter(|letter| !letter.is_control()).take(MESSAGE_CHARS).collect::<String>(),
        )
    };
    Answer {
        status,
        code: element("Code").unwrap_or_default(),
        message: element("Message").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_message_are_read_and_nothing_else() {
        let body = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request signature \
                    differs.</Message><CanonicalRequest>x-amz-security-token:hunter2</CanonicalRequest></Error>";
        let answer = read_answer(403, body);
        assert_eq!(answer.to_string(), "403 SignatureDoesNotMatch (The request signature differs.)");
        assert_eq!(read_answer(502, "<html>Bad Gateway</html>").to_string(), "502");
        let long = format!("<Message>{}</Message>", "x".repeat(9_000));
        assert_eq!(read_answer(400, &long).message.len(), MESSAGE_CHARS);
    }
}
