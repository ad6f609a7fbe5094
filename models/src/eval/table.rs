//! An [`Evaluation`] as text for a terminal.

use std::fmt::Write as _;

use super::Evaluation;

impl Evaluation {
    /// A table: a line a class, under a line that says on what.
    #[must_use]
    pub fn table(&self) -> String {
        let Self { model, images, images_without_labels, boxes_left_out, iou, classes } = self;
        let mut text = format!("{model} on {images} pictures at IoU {iou}");
        for (count, what) in
            [(images_without_labels, "without a label file"), (boxes_left_out, "boxes left out")]
        {
            if *count > 0 {
                // Writing to a String cannot fail, here and below.
                let _ = write!(text, ", {count} {what}");
            }
        }
        let _ = write!(text, "\n{:<15} {:>6} {:>9}", "class", "boxes", "threshold");
        let _ = writeln!(
            text,
            " {:>10} {:>9} {:>6} {:>6} {:>6}",
            "detections", "precision", "recall", "F1", "AP"
        );
        for (class, found) in classes {
            let _ = write!(text, "{:<15} {:>6} {:>9.2}", class.as_str(), found.boxes, found.threshold);
            let [precision, recall, f1, ap] = [found.precision, found.recall, found.f1, found.ap].map(share);
            let _ = writeln!(text, " {:>10} {precision:>9} {recall:>6} {f1:>6} {ap:>6}", found.detections);
        }
        text
    }
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

#[cfg(test)]
mod tests {
    use anjian_domain::Class;

    use super::super::{ClassEvaluation, Evaluation};

    fn evaluation() -> Evaluation {
        let half = ClassEvaluation {
            ap: Some(0.5),
            precision: None,
            recall: Some(0.25),
            f1: Some(0.0),
            threshold: 0.61,
            boxes: 12,
            detections: 0,
        };
        Evaluation {
            images: 7,
            images_without_labels: 1,
            boxes_left_out: 0,
            iou: 0.5,
            model: "m@0123".to_owned(),
            classes: [(Class::Head, half)].into(),
        }
    }

    #[test]
    fn text_and_json_say_the_same() {
        let table = evaluation().table();
        let lines: Vec<_> =
            table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let expected = [
            "m@0123 on 7 pictures at IoU 0.5, 1 without a label file",
            "class boxes threshold detections precision recall F1 AP",
            "head 12 0.61 0 - 0.250 0.000 0.500",
        ];
        assert_eq!(lines, expected);
        let json = serde_json::to_value(evaluation()).unwrap();
        assert_eq!(json["classes"]["head"]["ap"], 0.5);
        assert_eq!(json["classes"]["head"]["precision"], serde_json::Value::Null);
        assert_eq!(json["images"], 7);
    }
}
