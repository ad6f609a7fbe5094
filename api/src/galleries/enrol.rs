//! Adds a garment to a gallery, out of a picture that is sent or out of a recording. Pictures are looked at and forgotten.

use std::str::FromStr;

use anjian_casework::roles::Action;
use anjian_domain::{BehaviourList, CameraId, NormBox, Viewer};
use anjian_indexer::Witnessed;
use axum::Json;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::audit::witness::Order;
use crate::cameras::find;
use crate::galleries::list::of_all_sites;
use crate::http::body::{self, Body};
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Query, one};
use crate::http::schema::sides;
use crate::http::span::Rfc3339;
use crate::ports::galleries::{Enrolled, Garment, GarmentPicture, GarmentSide};
use crate::recordings;
use crate::shared::Shared;

/// A picture of any camera as JPEG; the decoder has a bound of its own on pixels.
const MOST_PICTURE_BYTES: usize = 8 << 20;
const LONGEST_ORIGIN: usize = 200;
const PICTURES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
const JSON: &str = "application/json";

/// A garment in a recording.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedGarmentView {
    camera: String,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    at: Rfc3339,
    /// Who wears it: left, top, right, bottom, 0..1 of the picture. The largest person when not given.
    #[serde(rename = "box")]
    bounds: Option<[f32; 4]>,
    /// Whether it may be worn; true when not given.
    approved: Option<bool>,
}

/// What came of a garment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnrolledView {
    gallery: String,
    /// The gallery's new version.
    version: String,
    /// The version by which running rules judge; null when none does.
    #[schema(required)]
    version_in_use: Option<String>,
    /// Name and digest of the model that looked at it.
    model: String,
    /// Approved garments in the gallery now.
    approved: usize,
    /// The others in the gallery now.
    unapproved: usize,
    /// What the gallery remembers of where it comes from.
    origin: String,
    /// Who was taken: left, top, right, bottom, 0..1 of the picture.
    #[serde(rename = "box")]
    #[schema(schema_with = sides)]
    bounds: [f32; 4],
    /// When rules will see it, and whatever a person should look at again.
    remarks: Vec<String>,
}

/// The keys beside a picture.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PictureParams {
    /// Whether the garment may be worn; true when not given. Only beside a picture.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<bool>)]
    approved: Option<Flag>,
    /// Whether the picture is the cut-out of one person, instead of one to search for the largest. Only beside a
    /// picture.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<bool>)]
    whole: Option<Flag>,
    /// What the gallery shall remember of where it comes from, such as the name of the file. Only beside a picture.
    #[serde(default, deserialize_with = "one")]
    #[param(max_length = 200)]
    origin: Option<String>,
}

struct Flag(bool);

impl FromStr for Flag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("{text:?} is neither true nor false"))
    }
}

/// Adds the garment that a person wears to a gallery, which is made when it is not there: out of a picture of at most
/// 8 MiB and 25 million pixels, or out of a recording. The picture is not kept. Rules see it when anjian starts again.
#[utoipa::path(
    post,
    path = "/api/v1/galleries/{name}/garments",
    tag = "galleries",
    params(("name" = String, Path, description = "Gallery: letters, digits, `-` and `_`"), PictureParams),
    request_body(
        description = "A picture, or a moment of a recording",
        content(
            ("image/jpeg"),
            ("image/png"),
            ("image/webp"),
            (RecordedGarmentView = "application/json"),
        ),
    ),
    responses(
        (status = CREATED, body = EnrolledView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "No such camera, or nothing was recorded then", body = ProblemView,
            content_type = "application/problem+json"),
        (status = CONFLICT, description = "It is there already, the gallery is of another model, damaged or full, or \
            no model looks at garments", body = ProblemView, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, body = ProblemView, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, body = ProblemView, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "Nobody is in it, or too little of them can be seen",
            body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_IMPLEMENTED, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
        (status = INSUFFICIENT_STORAGE, description = "The folder of the galleries takes nothing",
            body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn enrol(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Query(keys): Query<PictureParams>,
    request: Request,
) -> Result<(StatusCode, Json<EnrolledView>), Problem> {
    of_all_sites(&viewer)?;
    let gallery = name_of(&name)?;
    let place = shared.galleries.place()?;
    let garment = match content_of(request.headers())? {
        Content::Picture => sent(&viewer, &shared, gallery, keys, request).await?,
        Content::Moment => recorded(&viewer, &shared, gallery, &keys, request).await?,
    };
    let gallery = garment.gallery.clone();
    let enrolled = shared.galleries.enrol(place, garment).await?;
    let view = EnrolledView::new(gallery, enrolled, &shared.behaviours);
    let change = Witnessed {
        viewer,
        at: shared.clock.now(),
        action: Action::WriteGalleries,
        kind: "gallery",
        object: view.gallery.clone(),
        after: Some(json!({ "version": view.version, "origin": view.origin, "approved": view.approved })),
    };
    shared.witness.note(change, Order::First).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// The name becomes one of a file, so it keeps to the letters of ids.
fn name_of(text: &str) -> Result<String, Problem> {
    let id = text.parse::<CameraId>().map_err(|error| Problem::query("name", format!("name: {error}")))?;
    Ok(id.into())
}

enum Content {
    Picture,
    Moment,
}

/// What the client calls it. Which kind of picture it is, the bytes tell.
fn content_of(headers: &HeaderMap) -> Result<Content, Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if PICTURES.contains(&kind.as_str()) {
        return Ok(Content::Picture);
    }
    if kind == JSON {
        return Ok(Content::Moment);
    }
    let taken = "image/jpeg, image/png, image/webp or application/json";
    Err(Problem::MediaType { sent: sent.to_owned(), taken })
}

async fn sent(
    viewer: &Viewer,
    shared: &Shared,
    gallery: String,
    keys: PictureParams,
    request: Request,
) -> Result<Garment, Problem> {
    let side = side(keys.approved.map(|flag| flag.0));
    let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).expect("the whole picture has an area");
    let person = keys.whole.filter(|flag| flag.0).map(|_| whole);
    let name = match keys.origin.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => origin(text)?,
        None => format!("sent at {}", shared.clock.now()),
    };
    let bytes = body::read(request, MOST_PICTURE_BYTES).await?.into();
    Ok(Garment { gallery, side, seen: GarmentPicture::Sent { bytes, name }, person, who: who(viewer) })
}

async fn recorded(
    viewer: &Viewer,
    shared: &Shared,
    gallery: String,
    keys: &PictureParams,
    request: Request,
) -> Result<Garment, Problem> {
    let given = [
        ("approved", keys.approved.is_some()),
        ("whole", keys.whole.is_some()),
        ("origin", keys.origin.is_some()),
    ];
    if let Some((key, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Problem::query(
            key,
            format!("{key}: stands beside a picture; of a recording the body says all"),
        ));
    }
    let Body(asked) = Body::<RecordedGarmentView>::from_request(request, &()).await?;
    let wrong_box = |error| Problem::Body(format!("box: {error}"));
    let person = asked.bounds.map(NormBox::try_from).transpose().map_err(wrong_box)?;
    let Rfc3339(at) = asked.at;
    let camera = find::camera(viewer, shared, &asked.camera).await?.camera;
    let segment = recordings::find::shown_at(viewer, shared, &camera, at).await?;
    let file = shared.index.segment_file(&segment).await?;
    let seen = GarmentPicture::Recorded { camera, at, file, offset: at.since(segment.start) };
    Ok(Garment { gallery, side: side(asked.approved), seen, person, who: who(viewer) })
}

/// No name is given with a garment: the account signs alone.
fn who(viewer: &Viewer) -> String {
    viewer.signs_as(viewer.account()).to_owned()
}

fn side(is_approved: Option<bool>) -> GarmentSide {
    if is_approved == Some(false) { GarmentSide::Unapproved } else { GarmentSide::Approved }
}

fn origin(text: &str) -> Result<String, Problem> {
    if text.chars().count() > LONGEST_ORIGIN || text.chars().any(char::is_control) {
        let reason = format!("origin: at most {LONGEST_ORIGIN} letters, in one line");
        return Err(Problem::query("origin", reason));
    }
    Ok(text.to_owned())
}

impl EnrolledView {
    fn new(gallery: String, enrolled: Enrolled, behaviours: &BehaviourList) -> Self {
        let when = match &enrolled.version_in_use {
            Some(version) => format!("running rules judge by version {version} until anjian starts again"),
            None => {
                let user = behaviours.iter().find(|spec| spec.key("gallery").is_some());
                let rule = user.map_or_else(|| "rule".to_owned(), |spec| format!("{} rule", spec.name));
                format!(
                    "no running rule uses the gallery: name {gallery:?} in a {rule} and start anjian again"
                )
            }
        };
        Self {
            gallery,
            version: enrolled.version,
            version_in_use: enrolled.version_in_use,
            model: enrolled.model,
            approved: enrolled.approved,
            unapproved: enrolled.unapproved,
            origin: enrolled.origin,
            bounds: enrolled.person.into(),
            remarks: [when].into_iter().chain(enrolled.remark).collect(),
        }
    }
}
