// The sample shop: asking from the page, and a basket that only says thank you.

const words = JSON.parse(document.getElementById('words').textContent);

document.addEventListener('click', (event) => {
  const ask = event.target.closest('[data-chat]');
  // A queue before the widget is there, the widget itself after.
  if (ask) (window.Sportello ||= []).push(['open', ask.dataset.chat]);
  if (event.target.closest('[data-add]')) tell(words.added);
});

function tell(text) {
  const note = document.createElement('p');
  note.className = 'toast';
  note.textContent = text;
  document.getElementById('toasts').replaceChildren(note);
  setTimeout(() => note.remove(), 4000);
}
