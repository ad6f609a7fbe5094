//! The port through which the API reads galleries of garments and adds to them.
//!
//! The executable puts the models and the files behind it; nothing here knows either. Without them every call says so.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_domain::{CameraId, ErrorKind, NormBox, Shortage, WallTime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ports::blocking::{PATIENCE, Places, Unfinished};

/// Garments that are received or wait at once: each may be a picture in memory.
const QUEUE: usize = 8;
/// Lists that are read at once.
const LISTS_AT_ONCE: usize = 2;
/// Lists that wait to be read.
const LISTS_WAITING: usize = 16;

/// Reads galleries and adds garments to them. Calls block; one garment is enrolled at a time.
pub trait GalleryPort: Send + Sync {
    /// Every gallery as it is stored.
    ///
    /// # Errors
    /// When there is no port.
    fn galleries(&self) -> Result<GalleryList, GalleryError>;

    /// Looks at a garment and adds the look to its gallery, which is made when it is not there. When nobody waits any
    /// more, which is when `wanted` turns false, nothing is stored.
    ///
    /// # Errors
    /// When the picture shows too little, the gallery does not take it, or the model or the disk fails.
    fn enrol(&self, garment: Garment, wanted: &AtomicBool) -> Result<Enrolled, GalleryError>;
}

/// A garment to enrol.
#[derive(Debug, Clone, PartialEq)]
pub struct Garment {
    /// Name of the gallery: the letters of an id.
    pub gallery: String,
    /// What is said of it.
    pub side: GarmentSide,
    /// Where it is seen.
    pub seen: GarmentPicture,
    /// Who wears it; by default the largest person.
    pub person: Option<NormBox>,
    /// The account that enrols it, for the log; the gallery does not keep it.
    pub who: String,
}

/// On which side of a gallery a garment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GarmentSide {
    /// It may be worn.
    Approved,
    /// It must not be mistaken for those that may.
    Unapproved,
}

impl GarmentSide {
    /// `approved` or `unapproved`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Unapproved => "unapproved",
        }
    }
}

/// Where a garment is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GarmentPicture {
    /// A picture that was sent: JPEG, PNG or WebP, or whatever else its sender calls so.
    Sent {
        /// The file.
        bytes: Vec<u8>,
        /// What the gallery remembers of where it comes from.
        name: String,
    },
    /// A moment of a recording.
    Recorded {
        /// The camera.
        camera: CameraId,
        /// The moment.
        at: WallTime,
        /// The media file, which may still be growing.
        file: PathBuf,
        /// The moment, from the beginning of the file.
        offset: Duration,
    },
}

/// The galleries that are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GalleryList {
    /// By name.
    pub galleries: Vec<StoredGallery>,
    /// Files that are no gallery, and what to do. Names no folder.
    pub problems: Vec<String>,
}

/// A gallery as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGallery {
    /// As rules name it.
    pub name: String,
    /// Name and digest of the model that made the looks.
    pub model: String,
    /// Digest of its content.
    pub version: String,
    /// The version by which rules judge now; `None` when none does.
    pub version_in_use: Option<String>,
    /// Where the approved garments come from.
    pub approved: Vec<String>,
    /// Where the others come from.
    pub unapproved: Vec<String>,
}

/// What came of a garment.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolled {
    /// The gallery's new version.
    pub version: String,
    /// The version by which rules judge now; `None` when none does.
    pub version_in_use: Option<String>,
    /// Name and digest of the model that made the look.
    pub model: String,
    /// Approved garments in the gallery now.
    pub approved: usize,
    /// The others in the gallery now.
    pub unapproved: usize,
    /// What the gallery remembers of where it comes from.
    pub origin: String,
    /// Who was taken.
    pub person: NormBox,
    /// What a person should look at again.
    pub remark: Option<String>,
}

/// Why a garment was not enrolled. The texts reach clients: they name no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GalleryError {
    /// The recording has no picture there.
    #[error("nothing is shown there: {0}")]
    Nothing(String),
    /// What was sent is no picture that is read.
    #[error("the picture cannot be used: {0}")]
    NotAPicture(String),
    /// The detector finds no person.
    #[error(
        "nobody was found in it: send another picture; or, if it is the cut-out of one person, say whole=true, and of \
         a recording say the box"
    )]
    Nobody,
    /// The person is too small or cut off.
    #[error(
        "too little of the person can be seen: 64 pixels of height are needed, and more than the shoulders: take \
         another picture"
    )]
    TooLittle,
    /// The same pixels were enrolled before.
    #[error("it is in the gallery already, as {}: send another picture of the garment", .0.as_str())]
    Known(GarmentSide),
    /// As many garments as are allowed.
    #[error("the gallery holds {0} garments, and no more are taken: 10 to 30 of them serve best")]
    Full(usize),
    /// Looks of two models cannot be compared.
    #[error(
        "the gallery was enrolled with {enrolled_with}, and looks of {model} cannot be compared with it: enrol its \
         pictures anew with `anjian enrol --replace`, or choose another name"
    )]
    OtherModel {
        /// Name and digest.
        enrolled_with: String,
        /// Name and digest of the one in use.
        model: String,
    },
    /// The gallery's file is none.
    #[error(
        "the gallery's file is damaged: restore it, or enrol its pictures anew with `anjian enrol --replace`"
    )]
    Damaged,
    /// Looks at garments are switched off.
    #[error("no model looks at garments: set model.garment in the configuration and start anjian again")]
    NoModel,
    /// The folder or the disk takes nothing.
    #[error(
        "the gallery cannot be stored ({0}): let anjian write in galleries_dir, or set it to another folder"
    )]
    Unwritable(String),
    /// Too much at once, too slow, or nobody waits.
    #[error("not enrolled just now: {0}; try again in a few seconds")]
    Busy(String),
    /// The decoder or the model gave up.
    #[error("it could not be enrolled: {0}")]
    Failed(String),
    /// No port here.
    #[error("this server has no galleries: {0}")]
    Unavailable(String),
}

impl GalleryError {
    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Busy(_) => ErrorKind::Unavailable(Shortage::Busy),
            Self::Nothing(_) | Self::NoModel | Self::Unavailable(_) => ErrorKind::Missing,
            Self::NotAPicture(_) | Self::Nobody | Self::TooLittle => ErrorKind::Invalid,
            Self::Known(_) | Self::Full(_) | Self::OtherModel { .. } | Self::Unwritable(_) => {
                ErrorKind::Refused
            }
            Self::Damaged | Self::Failed(_) => ErrorKind::Corrupt,
        }
    }
}

/// A server without models.
pub(crate) struct NoGalleries;

impl NoGalleries {
    fn refuse<T>() -> Result<T, GalleryError> {
        Err(GalleryError::Unavailable("it was started without models".to_owned()))
    }
}

impl GalleryPort for NoGalleries {
    fn galleries(&self) -> Result<GalleryList, GalleryError> {
        Self::refuse()
    }

    fn enrol(&self, _: Garment, _: &AtomicBool) -> Result<Enrolled, GalleryError> {
        Self::refuse()
    }
}

/// The port with its queue: what cannot begin in time is told to come again.
#[derive(Clone)]
pub(crate) struct Galleries {
    port: Arc<dyn GalleryPort>,
    queue: Arc<Semaphore>,
    turn: Places,
    lists: Places,
}

/// A place in the queue; dropping it gives it back.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Galleries {
    pub(crate) fn new(port: Arc<dyn GalleryPort>) -> Self {
        let queue = Arc::new(Semaphore::new(QUEUE));
        Self { port, queue, turn: Places::new(1, QUEUE), lists: Places::new(LISTS_AT_ONCE, LISTS_WAITING) }
    }

    /// Taken before a body is read, so that no more of them are in memory than may wait.
    pub(crate) fn place(&self) -> Result<Place, GalleryError> {
        let full = |_| GalleryError::Busy(format!("{QUEUE} garments are waiting"));
        Ok(Place { _permit: self.queue.clone().try_acquire_owned().map_err(full)? })
    }

    pub(crate) async fn enrol(&self, _: Place, garment: Garment) -> Result<Enrolled, GalleryError> {
        let port = self.port.clone();
        let done = self.turn.finish(move |wanted| port.enrol(garment, wanted)).await;
        done.map_err(unfinished)?
    }

    pub(crate) async fn list(&self) -> Result<GalleryList, GalleryError> {
        let port = self.port.clone();
        self.lists.finish(move |_| port.galleries()).await.map_err(unfinished)?
    }
}

fn unfinished(why: Unfinished) -> GalleryError {
    match why {
        Unfinished::Full => GalleryError::Busy("too many wait already".to_owned()),
        Unfinished::Late => {
            GalleryError::Busy(format!("it takes longer than {} seconds", PATIENCE.as_secs()))
        }
        Unfinished::Died => GalleryError::Failed("it fell over; the server's log says why".to_owned()),
    }
}
