//! The two curves of the report, as SVG without a script.

use maud::{Markup, html};

use super::report_words::Words;
use crate::nlu::evaluation::Point;
use crate::text::screen::evaluation as say;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 260.0;
/// Room for the numbers at the left and below, and for the words above.
const LEFT: f64 = 46.0;
const ABOVE: f64 = 28.0;
const BELOW: f64 = 46.0;
const RIGHT: f64 = 24.0;
/// What the upper end of a scale may be.
const TOPS: [f64; 6] = [0.04, 0.1, 0.2, 0.4, 0.6, 1.0];
/// The lines across, from the bottom to the top.
const STEPS: usize = 4;

/// Certainty against how often it is right.
pub(super) fn reliability(points: &[Point], words: Words<'_>) -> Markup {
    let largest = points.iter().map(|point| point.count).max().unwrap_or(1).max(1) as f64;
    let frame =
        Frame { top: 1.0, across: words.say(say::SURE_ACROSS), up: words.say(say::SURE_UP) };
    frame.draw(
        words,
        &html! {
            polyline.ideal points=(frame.path([(0.0, 0.0), (1.0, 1.0)])) fill="none" {}
            polyline.line points=(frame.path(points.iter().map(|p| (p.at, p.value)))) stroke-opacity=".45" {}
            @for point in points {
                @let (x, y) = frame.place(point.at, point.value);
                circle.dot cx=(x) cy=(y) r=(format!("{:.1}", 4.0 + 8.0 * (point.count as f64 / largest).sqrt())) {
                    title { (dot(point, words)) }
                }
            }
        },
    )
}

fn dot(point: &Point, words: Words<'_>) -> String {
    let (told, right) = (words.percent(point.at), words.percent(point.value));
    let count = point.count.to_string();
    words.fill(say::SURE_DOT, &[("told", &told), ("right", &right), ("n", &count)])
}

/// The share answered against the share of wrong answers; `today` is where the bot stands.
pub(super) fn coverage(points: &[Point], today: Option<(f64, f64)>, words: Words<'_>) -> Markup {
    let ends = points.iter().map(|point| point.value).chain(today.map(|(_, wrong)| wrong));
    let most = ends.fold(0.0, f64::max);
    let top = TOPS.into_iter().find(|top| *top >= most).unwrap_or(1.0);
    let frame = Frame { top, across: words.say(say::MORE_ACROSS), up: words.say(say::MORE_UP) };
    frame.draw(
        words,
        &html! {
            polyline.line points=(frame.path(points.iter().map(|p| (p.at, p.value)))) {}
            @if let Some((share, wrong)) = today {
                @let (x, y) = frame.place(share, wrong);
                circle.ring cx=(x) cy=(y) r="7" {}
                text.today x=(x - 12.0) y=(y - 8.0) text-anchor="end" { (words.say(say::TODAY)) }
            }
        },
    )
}

/// The axes around a curve.
struct Frame {
    /// The upper end of the scale.
    top: f64,
    across: &'static str,
    up: &'static str,
}

impl Frame {
    fn place(&self, across: f64, up: f64) -> (f64, f64) {
        let rounded = |pixels: f64| (pixels * 10.0).round() / 10.0;
        (rounded(across * WIDTH), rounded(HEIGHT - up / self.top * HEIGHT))
    }

    fn path(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let pairs = points.into_iter().map(|(across, up)| {
            let (x, y) = self.place(across, up);
            format!("{x},{y}")
        });
        pairs.collect::<Vec<_>>().join(" ")
    }

    fn draw(&self, words: Words<'_>, inside: &Markup) -> Markup {
        let (width, height) = (LEFT + WIDTH + RIGHT, ABOVE + HEIGHT + BELOW);
        html! {
            figure {
                svg viewBox=(format!("-{LEFT} -{ABOVE} {width} {height}")) role="img" aria-label=(format!("{}: {}", self.up, self.across)) {
                    @for step in 0..=STEPS { (self.step(step as f64 / STEPS as f64, words)) }
                    line.axis x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
                    text x=(-LEFT) y="-12" { "↑ " (self.up) }
                    text x=(WIDTH) y=(HEIGHT + 40.0) text-anchor="end" { (self.across) " →" }
                    (inside)
                }
            }
        }
    }

    /// One line across and one upwards, with their numbers.
    fn step(&self, share: f64, words: Words<'_>) -> Markup {
        let (x, y) = self.place(share, share * self.top);
        html! {
            line.grid x1="0" y1=(y) x2=(WIDTH) y2=(y) {}
            line.grid x1=(x) y1="0" x2=(x) y2=(HEIGHT) {}
            text x="-8" y=(y + 4.0) text-anchor="end" { (words.percent(share * self.top)) }
            text x=(x) y=(HEIGHT + 19.0) text-anchor="middle" { (words.percent(share)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn point(at: f64, value: f64) -> Point {
        Point { at, value, count: 4 }
    }

    #[test]
    fn points_lie_where_their_shares_say() {
        let words = Words { language: Language::En, knowledge: None };
        let drawn = reliability(&[point(0.5, 1.0)], words).into_string();
        assert!(drawn.contains(r#"cx="200" cy="0""#), "{drawn}");
        assert!(drawn.contains("says 50%, is right 100% (4 sentences)"));
    }

    #[test]
    fn the_scale_of_errors_fits_them_and_marks_today() {
        let words = Words { language: Language::It, knowledge: None };
        let drawn = coverage(&[point(0.5, 0.05), point(1.0, 0.1)], Some((0.5, 0.05)), words);
        let drawn = drawn.into_string();
        assert!(drawn.contains(r#"points="200,130 400,0""#), "{drawn}");
        assert!(drawn.contains(r#"cx="200" cy="130" r="7""#) && drawn.contains("oggi"));
        assert!(drawn.contains("7,5%"), "{drawn}");
    }
}
