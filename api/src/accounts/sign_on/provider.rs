//! The provider over the network: its addresses and keys, the exchange of a code for an ID token, and its check.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};

use crate::accounts::sign_on::departure::Departure;
use crate::accounts::sign_on::settings::{AccountClaim, SingleSignOn};

/// The provider answers within this, or not.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer, bytes.
const MOST: usize = 1 << 20;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub(crate) struct Provider {
    settings: SingleSignOn,
    http: Http,
}

/// Asks the provider.
struct Http(reqwest::Client);

/// Why a request to the provider failed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Answer(#[from] http::Error),
    #[error("the answer is longer than {MOST} bytes")]
    Long,
}

impl Provider {
    /// `None` when the system's certificates cannot be read; the log says so.
    pub(crate) fn new(settings: &SingleSignOn) -> Option<Self> {
        // A redirect would lead the secret elsewhere.
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        match http.build() {
            Ok(http) => Some(Self { settings: settings.clone(), http: Http(http) }),
            Err(error) => {
                tracing::error!(%error, "single sign-on: no client for the provider");
                None
            }
        }
    }

    /// Where to send a browser.
    pub(crate) async fn depart(&self) -> Result<Departure, String> {
        let client = self.client().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scope(Scope::new("profile".to_owned()));
        let request = match self.settings.account_claim {
            AccountClaim::Email => request.add_scope(Scope::new("email".to_owned())),
            AccountClaim::PreferredUsername | AccountClaim::Subject => request,
        };
        let (address, state, nonce) = request.set_pkce_challenge(challenge).url();
        let (state, nonce) = (state.into_secret(), nonce.secret().clone());
        Ok(Departure { address: address.into(), state, nonce, verifier: verifier.into_secret() })
    }

    /// The name of the account that the code stands for.
    pub(crate) async fn identify(
        &self,
        code: String,
        nonce: String,
        verifier: String,
    ) -> Result<String, String> {
        let client = self.client().await?;
        let exchange =
            client.exchange_code(AuthorizationCode::new(code)).map_err(|error| error.to_string())?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let answer = exchange
            .request_async(&self.http)
            .await
            .map_err(|error| format!("the code is refused: {error}"))?;
        let token = answer.id_token().ok_or("the provider sent no ID token")?;
        let checker = client.id_token_verifier();
        let claims =
            token.claims(&checker, &Nonce::new(nonce)).map_err(|error| format!("the ID token: {error}"))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| error.to_string())?;
            let key = token.signing_key(&checker).map_err(|error| error.to_string())?;
            let found = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if found.map_err(|error| error.to_string())? != *expected {
                return Err("the access token is not the one of the ID token".to_owned());
            }
        }
        self.account(claims)
    }

    fn account(&self, claims: &CoreIdTokenClaims) -> Result<String, String> {
        let missing = |claim: &str| format!("the ID token has no {claim}");
        match self.settings.account_claim {
            AccountClaim::PreferredUsername => {
                let name = claims.preferred_username().map(|name| name.as_str().to_owned());
                name.ok_or_else(|| missing("preferred_username"))
            }
            AccountClaim::Email if claims.email_verified() != Some(true) => Err(missing("verified email")),
            AccountClaim::Email => {
                claims.email().map(|email| email.as_str().to_owned()).ok_or_else(|| missing("email"))
            }
            AccountClaim::Subject => Ok(claims.subject().as_str().to_owned()),
        }
    }

    /// With the provider's addresses and keys as they are now.
    async fn client(&self) -> Result<Client, String> {
        let SingleSignOn { issuer, client_id, client_secret, page, .. } = &self.settings;
        let issuer = IssuerUrl::new(issuer.clone()).map_err(|error| error.to_string())?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let found = found.map_err(|error| format!("its configuration cannot be read: {error}"))?;
        let back = page.join("api/v1/sign-on/return").map_err(|error| error.to_string())?;
        let secret = client_secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(found, ClientId::new(client_id.clone()), secret);
        Ok(client.set_redirect_uri(RedirectUrl::from_url(back)))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Trouble;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Trouble>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

impl Http {
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Trouble> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST {
                return Err(Trouble::Long);
            }
        }
        Ok(response.body(body)?)
    }
}
