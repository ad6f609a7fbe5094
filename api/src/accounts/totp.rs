//! The second factor: enrolled with a QR code, proved with six digits.

use anjian_domain::Viewer;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qrcodegen::{QrCode, QrCodeEcc};
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};
use utoipa::ToSchema;

use crate::accounts::own::{Proof, prove};
use crate::http::body::Small;
use crate::http::client::Client;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;
use anjian_indexer::random_bytes;

/// What a phone needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewTotpView {
    /// Base32.
    secret: String,
    /// `otpauth://…`
    uri: String,
    /// The same as a QR code: rows of modules, `1` is dark. Without its margin.
    qr: Vec<String>,
}

/// Six digits.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeView {
    code: String,
}

/// Begins a second factor. It counts once a code of it was sent.
#[utoipa::path(
    post,
    path = "/api/v1/account/totp",
    tag = "accounts",
    request_body = Proof,
    responses(
        (status = OK, body = NewTotpView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = UNAUTHORIZED, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn propose(
    viewer: Viewer,
    State(shared): State<Shared>,
    client: Client,
    Small(proof): Small<Proof>,
) -> Result<Json<NewTotpView>, Problem> {
    prove(&shared, &viewer, client, proof.password).await?;
    let secret = random_bytes::<20>()?;
    shared.index.propose_totp(&viewer, &secret).await?;
    let totp = built(viewer.account(), secret.to_vec());
    let uri = totp.to_url().map_err(|_| Problem::Internal("the second factor cannot be written"))?;
    let qr = rows(&uri)?;
    Ok(Json(NewTotpView { secret: totp_rs::Secret::from(secret.to_vec()).to_base32(), uri, qr }))
}

/// Makes the second factor count.
#[utoipa::path(
    put,
    path = "/api/v1/account/totp",
    tag = "accounts",
    request_body = CodeView,
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn activate(
    viewer: Viewer,
    State(shared): State<Shared>,
    Small(sent): Small<CodeView>,
) -> Result<StatusCode, Problem> {
    if !take(&shared, viewer.account(), &sent.code).await? {
        return Err(Problem::Code);
    }
    shared.index.activate_totp(&viewer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the second factor.
#[utoipa::path(
    delete,
    path = "/api/v1/account/totp",
    tag = "accounts",
    request_body = Proof,
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remove(
    viewer: Viewer,
    State(shared): State<Shared>,
    client: Client,
    Small(proof): Small<Proof>,
) -> Result<StatusCode, Problem> {
    prove(&shared, &viewer, client, proof.password).await?;
    shared.index.remove_totp(&viewer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the code fits now and was not used before.
pub(crate) async fn take(shared: &Shared, account: &str, code: &str) -> Result<bool, Problem> {
    let Some(secret) = shared.index.totp_secret(account).await? else { return Ok(false) };
    let now_s = u64::try_from(shared.clock.now().as_micros() / 1_000_000).unwrap_or_default();
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let Some(step) = built(account, secret).check(&digits, now_s) else { return Ok(false) };
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Ok(shared.index.use_totp_step(account, step).await?)
}

fn built(account: &str, secret: Vec<u8>) -> Totp {
    // A colon parts issuer and name.
    let name = account.replace(':', " ");
    let builder =
        Builder::new().with_secret(Secret::from(secret)).with_issuer(Some("Anjian")).with_account_name(name);
    builder.build_noncompliant()
}

fn rows(uri: &str) -> Result<Vec<String>, Problem> {
    let code = QrCode::encode_text(uri, QrCodeEcc::Medium);
    let code = code.map_err(|_| Problem::Internal("the account's name is too long for a QR code"))?;
    let row = |y| (0..code.size()).map(|x| if code.get_module(x, y) { '1' } else { '0' }).collect();
    Ok((0..code.size()).map(row).collect())
}
