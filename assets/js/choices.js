// Choices under a line: made once, by a button or in words.

/** A choice that was made cannot be made again. */
export function use(choices, button) {
  choices.dataset.used = '';
  if ('disabled' in choices) choices.disabled = true;
  for (const one of choices.querySelectorAll('button')) {
    one.disabled = true;
    if (one === button) one.setAttribute('aria-pressed', 'true');
  }
}

/** Choices that were answered by a line of the customer's. */
export function useUp(line, log) {
  for (const choices of log.querySelectorAll('.choices:not([data-used])')) {
    if (choices.matches('.rating')) {
      const star = [...choices.querySelectorAll('input')].find((one) => one.dataset.label === line.text);
      if (!star) continue;
      star.checked = true;
      choices.form?.querySelector('button')?.remove();
      use(choices);
    } else {
      use(choices, [...choices.querySelectorAll('button')].find((one) => one.dataset.label === line.text));
    }
  }
}

/** Hears choices being made; `speak` is told. */
export function listen(log, speak) {
  log.addEventListener('click', (event) => {
    const button = event.target.closest('.choices button[data-payload]');
    if (!button || button.disabled) return;
    use(button.closest('.choices'), button);
    speak({ payload: button.dataset.payload, label: button.dataset.label });
  });
  log.addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    const chosen = form.querySelector('input:checked');
    if (!chosen) return;
    use(form.querySelector('.choices'));
    form.querySelector('button')?.remove();
    speak({ payload: chosen.value, label: chosen.dataset.label });
  });
}
