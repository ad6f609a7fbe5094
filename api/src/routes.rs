//! Every route, in one list; the OpenAPI document is made from the same list.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::compression::predicate::{NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, DefaultPredicate};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::sign_on::there_and_back;
use crate::accounts::{gate, own, roles, session, tokens, totp, users};
use crate::attachments::{send, show};
use crate::audit::checkpoint;
use crate::audit::export as audit_file;
use crate::audit::list as audit;
use crate::cameras::list as cameras;
use crate::cases::{
    cards, grade, list as cases, one as one_case, open as open_case, proofs, recusals, reviews, steps,
};
use crate::findings::{list as findings, record as record_finding};
use crate::galleries::{enrol, list as galleries};
use crate::http::body::MOST_JSON_BYTES;
use crate::http::client::{self, Trust};
use crate::http::guard::{self, Hosts};
use crate::http::page;
use crate::http::problem::Problem;
use crate::recordings::{
    coverage, export, holds, list as recordings, media, playlist, preview, still, storage,
};
use crate::shared::Shared;
use crate::sites::record as site_record;
use crate::updates::stream;
use crate::verdicts::{bulk, one as verdict};
use crate::violations::{counts, evidence, list as violations};
use crate::{behaviours, health};

#[derive(OpenApi)]
#[openapi(info(
    title = "Anjian",
    description = "Safety violations, their evidence, and the cameras that saw them. Errors are \
                   application/problem+json (RFC 9457). Times are RFC 3339; answers give them in UTC."
))]
struct Document;

fn listed() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(of_violations())
        .merge(of_cases())
        .merge(of_recordings())
        .merge(of_accounts())
        .routes(routes!(behaviours::list))
        .routes(routes!(galleries::list))
        .routes(routes!(enrol::enrol))
        .routes(routes!(stream::live))
        .routes(routes!(health::healthz))
        .routes(routes!(health::metrics))
}

fn of_violations() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(violations::list))
        .routes(routes!(counts::counts))
        .routes(routes!(violations::one))
        .routes(routes!(evidence::snapshot))
        .routes(routes!(evidence::snapshot_annotated))
        .routes(routes!(evidence::thumbnail))
        .routes(routes!(evidence::clip))
        .routes(routes!(verdict::verdict, verdict::give, verdict::undo))
        .routes(routes!(verdict::sign))
        .routes(routes!(bulk::dismiss))
        .routes(routes!(grade::grade))
}

/// Cases, and what officers find and keep of a site.
fn of_cases() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(cases::list, open_case::open))
        .routes(routes!(cases::counts))
        .routes(routes!(one_case::one))
        .routes(routes!(steps::step))
        .routes(routes!(send::send))
        .routes(routes!(show::show))
        .routes(routes!(send::send_to_site))
        .routes(routes!(findings::list, record_finding::record))
        .routes(routes!(findings::one_finding))
        .routes(routes!(show::show_of_finding))
        .routes(routes!(site_record::show, site_record::put))
        .routes(routes!(proofs::proofs))
        .routes(routes!(cards::list))
        .routes(routes!(reviews::list))
        .routes(routes!(reviews::add))
        .routes(routes!(recusals::list))
        .routes(routes!(recusals::put, recusals::end))
}

fn of_recordings() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(cameras::sites))
        .routes(routes!(cameras::cameras))
        .routes(routes!(recordings::list))
        .routes(routes!(playlist::playlist))
        .routes(routes!(media::media))
        .routes(routes!(preview::init))
        .routes(routes!(preview::media))
        .routes(routes!(export::export))
        .routes(routes!(still::still))
        .routes(routes!(coverage::coverage))
        .routes(routes!(coverage::completeness))
        .routes(routes!(holds::list, holds::put))
        .routes(routes!(holds::one_hold, holds::lift))
        .routes(routes!(storage::storage))
}

/// Who is there, and what everybody did.
fn of_accounts() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(checkpoint::checkpoint))
        .routes(routes!(audit_file::export))
        .routes(routes!(session::session, session::sign_in, session::sign_out))
        .routes(routes!(there_and_back::start))
        .routes(routes!(there_and_back::arrive))
        .routes(routes!(own::password))
        .routes(routes!(totp::propose, totp::activate, totp::remove))
        .routes(routes!(own::sessions))
        .routes(routes!(own::end_session))
        .routes(routes!(tokens::list_own, tokens::add_own))
        .routes(routes!(tokens::end_own))
        .routes(routes!(users::list, users::add))
        .routes(routes!(users::change))
        .routes(routes!(users::reset))
        .routes(routes!(users::sessions, users::end_sessions))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::end_one))
        .routes(routes!(roles::roles))
}

/// The OpenAPI document, JSON.
#[must_use]
pub fn openapi() -> String {
    listed().into_openapi().to_pretty_json().expect("the document is plain structs and always serializes")
}

/// The whole server, without its socket. The last layer is the outermost.
pub(crate) fn router(shared: Shared, hosts: Hosts, trust: Trust) -> Router {
    let document = openapi();
    let document = async move || ([(header::CONTENT_TYPE, "application/json")], document);
    let (routes, _) = listed().split_for_parts();
    let clock = shared.clock.clone();
    routes
        .route("/api/v1/openapi.json", get(document))
        .route_layer(from_fn_with_state(shared.clone(), gate::pass))
        .fallback(page::file)
        .method_not_allowed_fallback(async |request: Request| Problem::Method(request.method().clone()))
        .with_state(shared)
        // Routes that take more set a bound of their own.
        .layer(DefaultBodyLimit::max(MOST_JSON_BYTES))
        // Video is compressed already, and its length must stay told.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::new("video/"))),
        )
        .layer(from_fn(guard::limit_time))
        .layer(from_fn_with_state(hosts.clone(), guard::check_origin))
        .layer(from_fn_with_state(hosts, guard::check_host))
        .layer(from_fn_with_state(trust.clone(), client::refuse_plain))
        .layer(from_fn(guard::harden))
        .layer(from_fn_with_state(clock, guard::trace))
        .layer(from_fn_with_state(trust, client::identify))
}
