//! Single sign-on at a provider of our own: the way there and back, and what a provider or a thief may send instead.

use std::sync::{Arc, Mutex};

use anjian_casework::roles::AccountScope;
use anjian_domain::{Role, Sites};
use anjian_indexer::AccountSettings;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::login::{Browser, LoginServer, settings};
use crate::accounts::door::LoginSettings;
use crate::accounts::sign_on::settings::{AccountClaim, SingleSignOn};
use crate::http::client::Trust;

const CODE: &str = "a code";

/// What the provider says at the exchange.
#[derive(Clone)]
struct Says {
    claims: Value,
    signer: SigningKey,
    /// As the browser brought it there.
    challenge: String,
    secret: String,
}

#[derive(Clone)]
struct Provider {
    issuer: String,
    says: Arc<Mutex<Says>>,
}

#[derive(Deserialize)]
struct Exchange {
    code: String,
    code_verifier: String,
    redirect_uri: String,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn now_s() -> i64 {
    anjian_domain::SystemClock::shared().now().as_micros() / 1_000_000
}

fn signed(key: &SigningKey, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({ "alg": "EdDSA", "kid": "1" })), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
    format!("{text}.{signature}")
}

async fn configuration(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys() -> Json<Value> {
    let public = URL_SAFE_NO_PAD.encode(key(1).verifying_key().to_bytes());
    Json(
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "1", "use": "sig", "alg": "EdDSA", "x": public }] }),
    )
}

async fn token(
    State(provider): State<Provider>,
    headers: axum::http::HeaderMap,
    Form(asked): Form<Exchange>,
) -> Result<Json<Value>, StatusCode> {
    let says = provider.says.lock().unwrap().clone();
    let expected = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.code_verifier));
    let secret = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_fit = asked.code == CODE
        && expected == says.challenge
        && secret == says.secret
        && asked.redirect_uri.ends_with("/api/v1/sign-on/return");
    if !is_fit {
        return Err(StatusCode::BAD_REQUEST);
    }
    let id_token = signed(&says.signer, &says.claims);
    Ok(Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": id_token })))
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let basic = base64::engine::general_purpose::STANDARD.encode("anjian:a+secret");
        let says = Says {
            claims: Value::Null,
            signer: key(1),
            challenge: String::new(),
            secret: format!("Basic {basic}"),
        };
        let provider = Self { issuer, says: Arc::new(Mutex::new(says)) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        provider
    }

    /// What an honest provider says of this person.
    fn claims(&self, name: &str, nonce: &str) -> Value {
        json!({
            "iss": self.issuer, "aud": "anjian", "sub": "4711", "preferred_username": name, "nonce": nonce,
            "iat": now_s(), "exp": now_s() + 300,
        })
    }
}

struct Pair {
    provider: Provider,
    server: LoginServer,
}

/// A way there: the browser, and what the provider was given.
struct Way {
    browser: Browser,
    state: String,
    nonce: String,
}

impl Pair {
    async fn start() -> Self {
        let provider = Provider::start().await;
        let sign_on = SingleSignOn {
            name: "统一认证".to_owned(),
            issuer: provider.issuer.clone(),
            client_id: "anjian".to_owned(),
            client_secret: Some("a secret".to_owned()),
            page: "http://localhost:8080/".parse().unwrap(),
            account_claim: AccountClaim::PreferredUsername,
        };
        let login = LoginSettings { sign_on: Some(sign_on), ..LoginSettings::default() };
        let server = LoginServer::with(login, Trust::default()).await;
        server.add("wang", settings(Role::Inspector), true).await;
        Self { provider, server }
    }

    async fn leave(&self) -> Way {
        let mut browser = Browser::default();
        let left = self.server.get(&mut browser, "/api/v1/sign-on/start").await;
        assert_eq!(left.status, StatusCode::SEE_OTHER);
        let address: Url = left.header("location").parse().unwrap();
        assert!(address.as_str().starts_with(&format!("{}/authorize", self.provider.issuer)), "{address}");
        let of = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        self.provider.says.lock().unwrap().challenge = of("code_challenge");
        assert_eq!((of("client_id").as_str(), of("code_challenge_method").as_str()), ("anjian", "S256"));
        Way { browser, state: of("state"), nonce: of("nonce") }
    }

    async fn come_back(&self, way: &mut Way, state: &str, code: &str) -> String {
        let path = format!("/api/v1/sign-on/return?code={}&state={state}", code.replace(' ', "+"));
        let back = self.server.get(&mut way.browser, &path).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        back.header("location").to_owned()
    }

    /// Where the way ends when the provider says this.
    async fn end_of(&self, says: impl FnOnce(Value) -> (Value, SigningKey)) -> String {
        let mut way = self.leave().await;
        let (claims, signer) = says(self.provider.claims("wang", &way.nonce));
        {
            let mut said = self.provider.says.lock().unwrap();
            (said.claims, said.signer) = (claims, signer);
        }
        let state = way.state.clone();
        self.come_back(&mut way, &state, CODE).await
    }
}

#[tokio::test]
async fn who_comes_back_from_the_provider_is_signed_in() {
    let pair = Pair::start().await;
    let mut way = pair.leave().await;
    pair.provider.says.lock().unwrap().claims = pair.provider.claims("wang", &way.nonce);
    let state = way.state.clone();
    assert_eq!(pair.come_back(&mut way, &state, CODE).await, "/");
    let session = pair.server.get(&mut way.browser, "/api/v1/session").await.json();
    assert_eq!(
        (&session["account"]["name"], &session["single_sign_on"]),
        (&"wang".into(), &"统一认证".into())
    );
    // There was a one-time password; it is gone.
    assert_eq!(session["account"]["must_change_password"], false);
    assert_eq!(pair.server.get(&mut way.browser, "/api/v1/violations").await.status, StatusCode::OK);
    let with_password = pair.server.try_login(&mut Browser::default(), "wang", super::login::PASSWORD).await;
    assert_eq!(with_password.status, StatusCode::UNAUTHORIZED);
    // The same answer a second time: the cookie is used up.
    assert_eq!(pair.come_back(&mut way, &state, CODE).await, "/?sign_on=failed");
}

#[tokio::test]
async fn what_does_not_fit_signs_nobody_in() {
    let pair = Pair::start().await;
    let changed = |key: &'static str, value: Value| {
        move |mut claims: Value| {
            claims[key] = value;
            (claims, self::key(1))
        }
    };
    assert_eq!(pair.end_of(changed("nonce", "another".into())).await, "/?sign_on=failed");
    assert_eq!(pair.end_of(changed("aud", "another".into())).await, "/?sign_on=failed");
    assert_eq!(pair.end_of(changed("iss", "http://evil.example".into())).await, "/?sign_on=failed");
    assert_eq!(pair.end_of(changed("exp", (now_s() - 60).into())).await, "/?sign_on=failed");
    assert_eq!(pair.end_of(changed("preferred_username", Value::Null)).await, "/?sign_on=failed");
    assert_eq!(pair.end_of(|claims| (claims, key(2))).await, "/?sign_on=failed", "another signer");
    let mut way = pair.leave().await;
    let state = way.state.clone();
    assert_eq!(pair.come_back(&mut way, "another", CODE).await, "/?sign_on=failed");
    assert_eq!(pair.come_back(&mut way, &state, "another").await, "/?sign_on=failed");
}

#[tokio::test]
async fn nobody_without_an_account_comes_in() {
    let pair = Pair::start().await;
    let sites = Sites::new(["plant-7".parse().unwrap()]).unwrap();
    let gone =
        AccountSettings { is_active: false, scope: AccountScope::Sites(sites), ..settings(Role::Inspector) };
    pair.server.add("gone", gone, false).await;
    for name in ["stranger", "gone"] {
        let named = move |mut claims: Value| {
            claims["preferred_username"] = name.into();
            (claims, key(1))
        };
        assert_eq!(pair.end_of(named).await, "/?sign_on=refused", "{name}");
    }
}

#[tokio::test]
async fn without_a_provider_there_is_no_way() {
    let server = LoginServer::new().await;
    for path in ["/api/v1/sign-on/start", "/api/v1/sign-on/return?code=x&state=y"] {
        assert_eq!(server.get(&mut Browser::default(), path).await.status, StatusCode::NOT_FOUND);
    }
}
