//! The web chat's settings: its rules for the service, its origins and words for the pages.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

use crate::config::WebChat;
use crate::service::chat::{Question, Rules};
use crate::web::view::chat::texts;

/// What the service is told.
pub(super) fn rules(config: &WebChat) -> Rules {
    let form = config.form.iter().map(|asked| Question {
        field: asked.field.clone(),
        required: asked.required,
        label: asked.label.clone(),
    });
    Rules { identity_secret: config.identity_secret.0.clone(), form: form.collect() }
}

/// The words of `channels.webchat.texts_file`: language, key, phrase. Missing ones are told in the log.
pub(super) fn words(config: &WebChat) -> anyhow::Result<texts::Catalogue> {
    if config.texts_file.is_empty() {
        return Ok(texts::Catalogue::default());
    }
    let file = &config.texts_file;
    let read = std::fs::read_to_string(file).with_context(|| format!("reading {file}"))?;
    let read: BTreeMap<String, BTreeMap<String, String>> = serde_saphyr::from_str(&read)
        .with_context(|| format!("{file}: language -> key -> phrase"))?;
    let catalogue = texts::Catalogue::new(read);
    let problems = catalogue.problems();
    if !problems.is_empty() {
        bail!("{file}: {}", problems.join("\n  "));
    }
    for (language, missing) in catalogue.missing() {
        tracing::warn!(file, language, missing = missing.join(", "), "words shown in English");
    }
    Ok(catalogue)
}
