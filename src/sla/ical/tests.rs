use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// A file with these lines in its events; `--` begins another event.
fn file(events: &str) -> SourceFile {
    let mut text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n".to_owned();
    for event in events.split("--") {
        let event = event.trim().replace('\n', "\r\n");
        let _ = write!(text, "BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n");
    }
    SourceFile { name: "italy.ics".to_owned(), text: format!("{text}END:VCALENDAR\r\n") }
}

fn zone(name: &str) -> TimeZone {
    jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap()
}

fn days(events: &str) -> Vec<String> {
    let found = holidays(&file(events), &zone("Europe/Rome"));
    found.unwrap_or_else(|p| panic!("{p:#?}")).iter().map(ToString::to_string).collect()
}

/// The first problem: its place and what it says.
fn problem(text: &str) -> (usize, usize, String) {
    let file = SourceFile { name: "italy.ics".to_owned(), text: text.to_owned() };
    let problems = holidays(&file, &zone("Europe/Rome")).unwrap_err();
    (problems[0].line, problems[0].column, problems[0].message.clone())
}

#[test]
fn whole_days_end_before_their_end() {
    assert_eq!(days("DTSTART;VALUE=DATE:20261225"), ["2026-12-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226"), ["2026-12-25"]);
    assert_eq!(
        days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Nata\n le"),
        ["2026-12-25", "2026-12-26"]
    );
    assert_eq!(days("DTSTART:20261225\nDURATION:P2D"), ["2026-12-25", "2026-12-26"]);
    assert_eq!(days("DTSTART:20261231\nDTEND:20261231"), ["2026-12-31"], "sloppy, but clear");
}

#[test]
fn an_event_with_times_closes_every_local_date_it_touches() {
    assert_eq!(days("DTSTART:20261224T140000\nDTEND:20261224T180000"), ["2026-12-24"]);
    assert_eq!(
        days("DTSTART:20261224T233000Z\nDTEND:20261225T230000Z"),
        ["2026-12-25"],
        "in Rome it is 00:30 to midnight"
    );
    assert_eq!(
        days("DTSTART;TZID=America/New_York:20261231T200000\nDURATION:PT1H"),
        ["2027-01-01"]
    );
    assert_eq!(days("DTSTART;TZID=W. Europe:20261231T200000"), ["2026-12-31"]);
}

#[test]
fn cancelled_moved_and_left_out_occurrences() {
    assert_eq!(days("DTSTART:20260101\nSTATUS:CANCELLED\n--\nDTSTART:20260102"), ["2026-01-02"],);
    let yearly = "UID:a\nDTSTART:20260101\nRRULE:FREQ=YEARLY;COUNT=4\nEXDATE;VALUE=DATE:20270101\nRDATE:20270201,20270202";
    assert_eq!(
        days(yearly),
        ["2026-01-01", "2027-02-01", "2027-02-02", "2028-01-01", "2029-01-01"]
    );
    let moved = "UID:a\nRECURRENCE-ID;VALUE=DATE:20280101\nDTSTART:20280103";
    let dropped = "UID:a\nRECURRENCE-ID;VALUE=DATE:20290101\nDTSTART:20290101\nSTATUS:CANCELLED";
    assert_eq!(
        days(&format!("{yearly}\n--\n{moved}\n--\n{dropped}")),
        ["2026-01-01", "2027-02-01", "2027-02-02", "2028-01-03"]
    );
}

#[test]
fn an_alarm_inside_of_an_event_is_not_the_event() {
    let event = "DTSTART:20260101\nBEGIN:VALARM\nDTSTART:20990101\nTRIGGER:-PT1H\nEND:VALARM";
    assert_eq!(days(event), ["2026-01-01"]);
}

#[test]
fn rules_that_holidays_use() {
    let rule = |start: &str, rule: &str| days(&format!("DTSTART:{start}\nRRULE:{rule}"));
    assert_eq!(
        rule("20261126", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3"),
        ["2026-11-26", "2027-11-25", "2028-11-23"]
    );
    assert_eq!(
        rule("20260525", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;UNTIL=20280101T000000Z"),
        ["2026-05-25", "2027-05-31"]
    );
    assert_eq!(
        rule("20240229", "FREQ=YEARLY;UNTIL=20330101"),
        ["2024-02-29", "2028-02-29", "2032-02-29"],
        "other years have no such day"
    );
    assert_eq!(
        rule("20260130", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2"),
        ["2026-01-30", "2026-02-27"]
    );
    assert_eq!(
        rule("20270927", "FREQ=WEEKLY;WKST=SU;BYDAY=TH,SU;BYSETPOS=1;COUNT=2"),
        ["2027-10-03", "2027-10-10"],
        "the first of the first week was before the start"
    );
    assert_eq!(
        rule("20260504", "FREQ=MONTHLY;BYDAY=MO,-1SU;COUNT=6"),
        ["2026-05-04", "2026-05-11", "2026-05-18", "2026-05-25", "2026-05-31", "2026-06-01"]
    );
    assert_eq!(
        rule("20260101", "FREQ=YEARLY;COUNT=400").last().map(String::as_str),
        Some("2199-01-01")
    );
    assert_eq!(
        rule("19300101", "FREQ=YEARLY;UNTIL=19720101"),
        ["1970-01-01", "1971-01-01", "1972-01-01"]
    );
}

/// The other implementation errs here: 2 January 2039 lies in a week 52.
#[test]
fn weeks_are_counted_as_iso_counts_them() {
    for (rule, wanted) in [("53", 53), ("1", 1), ("52", 52)] {
        let text = format!("DTSTART:20260101\nRRULE:FREQ=YEARLY;BYWEEKNO={rule};BYDAY=TU,SU");
        let found = days(&text);
        let all = jiff::civil::date(2026, 1, 1).series(jiff::Span::new().days(1));
        let expected = all.take_while(|day| day.year() < 2200).filter(|day| {
            let (week, weekday) = (day.iso_week_date().week(), day.weekday());
            week == wanted
                && matches!(weekday, jiff::civil::Weekday::Tuesday | jiff::civil::Weekday::Sunday)
        });
        assert_eq!(found, expected.map(|day| day.to_string()).collect::<Vec<_>>());
    }
    let last = "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH;COUNT=2";
    assert_eq!(days(last), ["2026-12-31", "2027-12-30"]);
}

#[test]
fn what_is_no_icalendar_is_refused_at_its_place() {
    let says = |text: &str, place: (usize, usize), part: &str| {
        let (line, column, message) = problem(text);
        assert!((line, column) == place && message.contains(part), "{line}:{column} {message}");
    };
    says("", (1, 1), "empty");
    says("<html>\n<p>not found</p>", (1, 1), "no iCalendar");
    says("\n\ncalendars: {}\n", (3, 1), "no iCalendar");
    says("BEGIN:VCALENDAR\nEND:VCALENDAR\n", (1, 1), "no event");
    says("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n", (2, 1), "no END:VEVENT");
    says("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", (3, 1), "was not begun");
    says("BEGIN:VCALENDAR\nBEGIN:VEVENT\nrubbish\n", (3, 1), "no colon");
    let with =
        |line: &str| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{line}\nEND:VEVENT\nEND:VCALENDAR\n");
    says(&with("SUMMARY:x"), (2, 1), "no DTSTART");
    says(&with("DTSTART;VALUE=DATE:20260230"), (3, 20), "`20260230` is no date");
    says(&with("DTSTART:20260\n 230"), (3, 9), "is no date");
    says(&with("DTSTART:20260103\nDTEND:20260101"), (2, 1), "before it begins");
    says(&with("DTSTART:20260103\nDTEND:20290101"), (2, 1), "longer than 366 days");
    says(&with("DTSTART:20260101\nDURATION:soon"), (4, 10), "no duration");
    says(&with("DTSTART:20260101\nEXDATE:20260101,2026"), (4, 17), "`2026` is no date");
    for (rule, column, part) in [
        ("FREQ=SECONDLY", 7, "DAILY"),
        ("COUNT=3", 7, "needs a frequency"),
        ("FREQ=YEARLY;INTERVAL=0", 19, "no number from 1"),
        ("FREQ=YEARLY;BYDAY=1XX", 19, "no weekday"),
        ("FREQ=YEARLY;BYMONTH=13", 19, "from 1 to 12"),
        ("FREQ=YEARLY;BYHOUR=1", 19, "not understood"),
        ("FREQ=YEARLY;UNTIL=soon", 19, "no date"),
        ("FREQ=WEEKLY;BYDAY=1MO", 7, "nth weekday"),
        ("FREQ=YEARLY;junk", 19, "no part"),
        ("FREQ=YEARLY;COUNT=1;UNTIL=20300101", 7, "not both"),
    ] {
        says(&with(&format!("DTSTART:20260101\nRRULE:{rule}")), (4, column), part);
    }
}

#[test]
fn bombs_are_bounded() {
    let daily = "DTSTART:00010101\nRRULE:FREQ=DAILY\n--\n".repeat(30);
    let problems = holidays(&file(&format!("{daily}DTSTART:20260101")), &zone("UTC")).unwrap_err();
    assert!(problems[0].message.contains("too often"), "{problems:#?}");
    let never = "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    assert!(days(never).is_empty());
    assert_eq!(days("DTSTART:20260101\nRRULE:FREQ=YEARLY;INTERVAL=99999"), ["2026-01-01"]);
}

#[test]
fn the_files_to_read_are_named() {
    let text = "calendars:\n  a: {time_zone: X, holidays: italy.ics, week: 3}\n  b: {holidays: ../x.ics}\n  c: {holidays: italy.ics}\n  d: {}\n  e: {holidays: notes.txt}\npolicies: [1]\n";
    assert_eq!(holiday_files(text), ["italy.ics"]);
    assert!(holiday_files("calendars: 3").is_empty());
    let files = [SourceFile { name: "shop/italy.ics".to_owned(), text: String::new() }];
    assert!(Beside(&files).find("italy.ics").is_some());
    assert!(Beside(&files).find("aly.ics").is_none());
}

/// A rule of whole days, as text.
fn rule() -> impl Strategy<Value = String> {
    let days = prop::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 1..4);
    let nth = prop::sample::select(vec!["1MO", "-1MO", "2TU,4TU", "3WE,-2FR", "5SU"]);
    let list = |of: Vec<&'static str>| prop::sample::select(of);
    let month = list(vec!["", ";BYMONTH=2", ";BYMONTH=1,5,12"]);
    let place = list(vec!["", ";BYSETPOS=1", ";BYSETPOS=-1", ";BYSETPOS=2,-2"]);
    let step = (1..5_u32, list(vec![";COUNT=25", ";COUNT=7", ";UNTIL=20310131T000000Z"]));
    let wkst = list(vec!["", ";WKST=SU", ";WKST=WE"]);
    let part = prop_oneof![
        Just((4, String::new())),
        days.prop_map(|days| (4, format!(";BYDAY={}", days.join(",")))),
        nth.prop_map(|nth| (2, format!(";BYDAY={nth}"))),
        list(vec!["1", "31", "-1", "13,-3", "29"]).prop_map(|d| (2, format!(";BYMONTHDAY={d}"))),
        list(vec!["1", "-1", "60,100,-60"]).prop_map(|d| (1, format!(";BYYEARDAY={d}"))),
        list(vec!["2", "20", "30,45"]).prop_map(|w| (1, format!(";BYWEEKNO={w};BYDAY=TU,SU"))),
    ];
    (0..4_usize, part, month, place, step, wkst).prop_map(
        |(frequency, (coarsest, part), month, place, (interval, end), wkst)| {
            let frequency = frequency.min(coarsest - 1);
            let name = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"][frequency];
            // The other implementation counts places from the start, not from the week's beginning.
            let unplaced = part.is_empty() || part.contains("WEEKNO") || name == "WEEKLY";
            let place = if unplaced { "" } else { place };
            format!("FREQ={name};INTERVAL={interval}{end}{wkst}{month}{part}{place}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn rules_mean_what_another_implementation_says(rule in rule(), day in 0_i64..4_000) {
        let start = jiff::civil::date(2019, 12, 20).checked_add(jiff::Span::new().days(day)).unwrap();
        let start = start.to_string().replace('-', "");
        let set: rrule::RRuleSet =
            format!("DTSTART:{start}T000000Z\nRRULE:{rule}").parse().unwrap();
        let dates = set.all(5_000).dates;
        let written = dates.iter().map(|date| date.format("%Y-%m-%d").to_string());
        let expected: Vec<String> = written.filter(|date| date.as_str() < "2200").collect();
        prop_assert_eq!(days(&format!("DTSTART:{start}\nRRULE:{rule}")), expected, "{}", rule);
    }

    #[test]
    fn any_text_gives_an_answer(lines in prop::collection::vec(prop_oneof![
        Just("BEGIN:VCALENDAR".to_owned()),
        Just("BEGIN:VEVENT".to_owned()),
        Just("END:VEVENT".to_owned()),
        Just("END:VCALENDAR".to_owned()),
        "DTSTART(;VALUE=DATE|;TZID=\"?[A-Z/]{0,3}\"?)?:[0-9]{7,9}(T[0-9]{5,7}Z?)?",
        "DTEND:(0000|2026|9999)[0-9]{4}(T[0-9]{6})?",
        "DTSTART:(0000|0001|1970|2026|9999)[01][0-9][0-3][0-9](T[0-2][0-9][0-5][0-9][0-6][0-9]Z?)?",
        "RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(INTERVAL|COUNT|UNTIL|BYDAY|BYWEEKNO|BYSETPOS|BYYEARDAY)=-?[0-9]{1,9}(MO|Z)?)*",
        "RRULE:[A-Z=;,0-9-]{0,30}",
        "DURATION:-?P[0-9]{0,9}[DWTHMS]{0,3}",
        "(RDATE|EXDATE|RECURRENCE-ID|UID|STATUS)[:;]\\PC{0,20}",
        "\\PC{0,30}",
        " \\PC{0,10}",
    ], 0..12)) {
        let mut text = lines.join("\n");
        for wrapped in [false, true] {
            if wrapped {
                text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{text}\nEND:VEVENT\nEND:VCALENDAR");
            }
            let file = SourceFile { name: "x.ics".to_owned(), text: text.clone() };
            match holidays(&file, &zone("Pacific/Apia")) {
                Ok(dates) => prop_assert!(dates.iter().all(|date| (1970..2200).contains(&date.year()))),
                Err(problems) => prop_assert!(problems.iter().all(|p| p.line > 0 && p.column > 0)),
            }
        }
        let _ = holiday_files(&text);
    }
}
