//! What looks at pictures: detectors, and the second looks that answer what analysis asks about detections.
//!
//! Light is measured here, without a model. A look that nobody can answer is not answered.

use anjian_domain::{Answer, Detection, Look, LookKind, Picture, Seen};
use anjian_models::{Detector, ModelError, SecondLook, Tiles};

use crate::light;

/// One thread's eyes.
pub struct Eyes {
    /// Find people, heads and fire; each camera is served by one of them.
    pub detectors: Vec<Box<dyn Detector>>,
    /// Look again at what was found; at most one of a kind is asked.
    pub looks: Vec<Box<dyn SecondLook>>,
}

/// Which of several detectors serves a camera: its place among them. The first, when nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DetectorSeat(pub usize);

/// How a camera's pictures are looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Aim {
    /// The detector that serves it.
    pub detector: DetectorSeat,
    /// What it sees a second time, enlarged.
    pub tiles: Tiles,
}

/// What second looks found in a picture.
#[derive(Default)]
pub(crate) struct Glance {
    pub(crate) seen: Vec<Seen>,
    /// What kept the rest from being answered.
    pub(crate) failure: Option<ModelError>,
}

impl Eyes {
    /// The names and digests of detector, tiles and second looks, joined by `+`: what a Run records of a camera.
    ///
    /// # Panics
    /// When there is no such detector.
    #[must_use]
    pub fn model(&self, aim: &Aim) -> String {
        let detector = self.detectors[aim.detector.0].model().to_owned();
        let looks = self.looks.iter().map(|look| look.model().to_owned());
        std::iter::once(detector).chain(aim.tiles.id()).chain(looks).collect::<Vec<_>>().join("+")
    }

    pub(crate) fn detect(&mut self, aim: &Aim, picture: &Picture) -> Result<Vec<Detection>, ModelError> {
        self.detectors[aim.detector.0].detect(picture, &aim.tiles)
    }

    /// Answers what can be answered, from the picture that the looks are about.
    pub(crate) fn look(&mut self, picture: &Picture, looks: &[Look]) -> Glance {
        let mut glance = Glance::default();
        for kind in LookKind::ALL {
            let asked: Vec<Look> = looks.iter().filter(|look| look.kind == kind).copied().collect();
            if asked.is_empty() {
                continue;
            }
            match self.answers(kind, picture, &asked) {
                Ok(answers) => {
                    let answered = asked.into_iter().zip(answers);
                    glance
                        .seen
                        .extend(answered.filter_map(|(look, answer)| Some(Seen { look, answer: answer? })));
                }
                Err(error) => glance.failure = Some(error),
            }
        }
        glance
    }

    fn answers(
        &mut self,
        kind: LookKind,
        picture: &Picture,
        looks: &[Look],
    ) -> Result<Vec<Option<Answer>>, ModelError> {
        if kind == LookKind::Light {
            let measured = looks.iter().map(|look| light::measure(picture, look.bounds));
            return Ok(measured.map(|light| Some(Answer::Light(light))).collect());
        }
        match self.looks.iter_mut().find(|look| look.kind() == kind) {
            Some(second) => second.look(picture, looks),
            None => Ok(vec![]),
        }
    }
}

/// A detector alone: only light gets a second look.
impl From<Box<dyn Detector>> for Eyes {
    fn from(detector: Box<dyn Detector>) -> Self {
        Self { detectors: vec![detector], looks: vec![] }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Class, ColourMatrix, HeadwearOdds, NormBox, PixelFormat, Score};

    use super::*;

    struct Blind;

    impl Detector for Blind {
        fn detect(&mut self, _picture: &Picture, _tiles: &Tiles) -> Result<Vec<Detection>, ModelError> {
            Ok(vec![])
        }

        fn model(&self) -> &'static str {
            "blind@0"
        }
    }

    /// Answers every second question about headwear, or fails.
    struct Hats {
        is_broken: bool,
    }

    impl SecondLook for Hats {
        fn kind(&self) -> LookKind {
            LookKind::Headwear
        }

        fn look(&mut self, _picture: &Picture, looks: &[Look]) -> Result<Vec<Option<Answer>>, ModelError> {
            if self.is_broken {
                return Err(ModelError::Evaluation("out of order".to_owned()));
            }
            assert!(looks.iter().all(|look| look.kind == LookKind::Headwear), "{looks:?}");
            let odds = HeadwearOdds::new([1.0, 0.0, 0.0, 0.0]).map(Answer::Headwear);
            Ok((0..looks.len()).map(|index| odds.clone().filter(|_| index % 2 == 0)).collect())
        }

        fn model(&self) -> &'static str {
            "hats@1"
        }
    }

    fn look(kind: LookKind, left: f32) -> Look {
        let bounds = NormBox::new(left, 0.0, left + 0.1, 0.5).unwrap();
        Look { kind, track: None, person: None, head: Some(bounds), bounds }
    }

    fn looked(looks: Vec<Box<dyn SecondLook>>) -> (Vec<(LookKind, f32)>, bool) {
        let bytes = vec![9; 20 * 10 * 3];
        let picture = Picture::new(20, 10, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap();
        let asked = [
            look(LookKind::Light, 0.0),
            look(LookKind::Headwear, 0.1),
            look(LookKind::Garment, 0.2),
            look(LookKind::Headwear, 0.3),
            look(LookKind::Headwear, 0.4),
        ];
        let glance = Eyes { detectors: vec![Box::new(Blind)], looks }.look(&picture, &asked);
        let seen = glance.seen.iter().map(|seen| (seen.look.kind, seen.look.bounds.left())).collect();
        (seen, glance.failure.is_some())
    }

    #[test]
    fn each_look_keeps_its_answer_and_the_rest_stays_unanswered() {
        let hats = |is_broken| Box::new(Hats { is_broken }) as Box<dyn SecondLook>;
        let light = (LookKind::Light, 0.0);
        let worn = [(LookKind::Headwear, 0.1), (LookKind::Headwear, 0.4)];
        assert_eq!(looked(vec![]), (vec![light], false));
        assert_eq!(looked(vec![hats(false)]), (vec![worn[0], worn[1], light], false));
        assert_eq!(looked(vec![hats(true)]), (vec![light], true), "light is measured all the same");
    }

    /// Finds one person, and is called by its number.
    struct Numbered(&'static str);

    impl Detector for Numbered {
        fn detect(&mut self, _picture: &Picture, _tiles: &Tiles) -> Result<Vec<Detection>, ModelError> {
            let bounds = NormBox::new(0.1, 0.1, 0.2, 0.5).unwrap();
            let person = Detection { class: Class::Person, score: Score::new(0.9).unwrap(), bounds };
            Ok(vec![person])
        }

        fn model(&self) -> &str {
            self.0
        }
    }

    #[test]
    fn a_run_records_every_model_that_serves_its_camera() {
        let detectors: Vec<Box<dyn Detector>> = vec![Box::new(Blind), Box::new(Numbered("wide@2"))];
        let mut eyes = Eyes { detectors, looks: vec![] };
        let aims = [0, 1].map(|seat| Aim { detector: DetectorSeat(seat), ..Aim::default() });
        assert_eq!(eyes.model(&Aim::default()), "blind@0");
        eyes.looks.push(Box::new(Hats { is_broken: false }));
        assert_eq!(aims.each_ref().map(|aim| eyes.model(aim)), ["blind@0+hats@1", "wide@2+hats@1"]);
        let tiles = Tiles::new(vec![NormBox::new(0.2, 0.2, 0.6, 0.4).unwrap()]).unwrap();
        let id = tiles.id().unwrap();
        let tiled = Aim { tiles, ..Aim::default() };
        assert_eq!(eyes.model(&tiled), format!("blind@0+{id}+hats@1"));
        let bytes = vec![9; 20 * 10 * 3];
        let picture = Picture::new(20, 10, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap();
        let found = aims.map(|aim| eyes.detect(&aim, &picture).unwrap().len());
        assert_eq!(found, [0, 1]);
    }
}
