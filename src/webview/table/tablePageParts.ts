import { formatMessageIn } from '../../core/base/messages.ts';
import type { TableMessage } from './tableProtocol.ts';
import { timestampMilliseconds, describeTimestamp } from '../../core/responses/timestamps.ts';

export function showTexts({ texts, notices, label }: TableMessage): void {
  const filter = byId('filter') as HTMLInputElement;
  filter.placeholder = texts.filter;
  filter.setAttribute('aria-label', texts.filter);
  byId('title').textContent = label;
  byId('help').textContent = texts.help;
  byId('hiddenColumns').title = texts.chooseColumns;
  byId('none').textContent = texts.noRows;
  byId('detail').setAttribute('aria-label', texts.cell);
  byId('notices').textContent = notices.join(' ');
}

/** Says beside the number of rows how many columns are hidden, on a button that leads to them. Empty for none. */
export function showHiddenColumns(text: string): void {
  const button = byId('hiddenColumns');
  button.textContent = text;
  button.hidden = text === '';
}

/** Says a change beside the number of rows, and to screen readers. */
export function announce(text: string): void {
  byId('announcement').textContent = text;
}

/** Shows the text of a cell below the table; undefined in the header. */
export function showDetail(name: string, value: string | undefined, isTime = false): void {
  const label = document.createElement('span');
  label.className = 'name';
  label.textContent = name;
  const detail = byId('detail');
  detail.replaceChildren(label, ...(value === undefined ? [] : [`  ${value}`, isTime ? timeText(name, value) : '']));
  // The keyboard has to reach only what it has to scroll.
  if (detail.scrollHeight > detail.clientHeight) {
    detail.tabIndex = 0;
  } else {
    detail.removeAttribute('tabindex');
  }
}

function timeText(name: string, value: string): string {
  const milliseconds = timestampMilliseconds(name, Number(value));
  if (milliseconds === undefined) {
    return '';
  }
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const locale = document.documentElement.dataset['locale'] ?? 'en';
  const { utc, local, ago } = describeTimestamp(milliseconds, { now: Date.now(), locale, timeZone });
  return `\n${[utc, ago, ...(timeZone === 'UTC' ? [] : [local])].join(' · ')}`;
}

/** A text of the page with its arguments, in the languages of the page. */
export function filled(template: string, args: readonly (string | number)[]): string {
  const { lang, dataset } = document.documentElement;
  return formatMessageIn({ language: lang, locale: dataset['locale'] ?? 'en' }, { template, args });
}

/** Ctrl+F leads to the filter, and Escape clears it; Enter and Down lead to the rows. */
export function listenToFilter(
  filter: HTMLInputElement,
  { onInput, onLeave }: { readonly onInput: () => void; readonly onLeave: () => void },
): void {
  window.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
      event.preventDefault();
      filter.select();
    }
  });
  filter.addEventListener('input', onInput);
  filter.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      onLeave();
    } else if (event.key === 'Escape' && filter.value !== '') {
      event.preventDefault();
      filter.value = '';
      onInput();
    }
  });
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`The page has no element ${id}.`);
  }
  return element;
}
