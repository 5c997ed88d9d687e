//! What nothing leads to.

use std::collections::BTreeSet;

use super::Folder;
use crate::domain::source::Problem;
use crate::knowledge::findings::Findings;

pub(super) fn find(folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    let forms: Vec<_> =
        folder.intents().filter_map(|(_, intent)| Some(&intent.form.as_ref()?.value)).collect();
    let slots = forms.iter().flat_map(|form| &form.slots);
    let entities: BTreeSet<&str> = slots.map(|slot| slot.entity.value.as_str()).collect();
    let lookups = forms.iter().filter_map(|form| form.lookup.as_ref());
    let lookups: BTreeSet<&str> = lookups.map(|name| name.value.as_str()).collect();
    for (source, file) in folder.files {
        let findings = &mut Findings::of(source, problems);
        for (name, part) in file.entities.iter().flatten() {
            if !entities.contains(name.as_str()) {
                findings.warning(part.referenced, format!("no slot asks for the entity `{name}`"));
            }
        }
        for (name, part) in file.lookups.iter().flatten() {
            if !lookups.contains(name.as_str()) {
                findings.warning(part.referenced, format!("no form makes the lookup `{name}`"));
            }
        }
    }
}
