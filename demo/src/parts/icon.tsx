/** Stroke icons on a 20-unit grid; they take the colour of the text beside them. */
const paths = {
  moon: "M15.8 12.4A6.6 6.6 0 0 1 7.6 4.2a6.6 6.6 0 1 0 8.2 8.2Z",
  sun: "M10 3v1.6M10 15.4V17M3 10h1.6M15.4 10H17M5 5l1.2 1.2M13.8 13.8 15 15M5 15l1.2-1.2M13.8 6.2 15 5M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
  play: "M6.5 4.6v10.8l8.6-5.4-8.6-5.4Z",
  stop: "M6 6h8v8H6z",
  plus: "M10 4.5v11M4.5 10h11",
  file: "M6 3.5h5l3.5 3.5v9.5h-8.500z M11 3.5V7h3.5",
  folder: "M3.500 6V15.500h13V7.500H10L8.500 5.500h-5z",
  chevron: "m8 5.500 4.500 4.500L8 14.500",
  trash: "M4.500 6h11M8 6V4.500h4V6M6 6l.7 9.500h6.600L14 6",
  download: "M10 4v8m-3.500-3L10 12.500 13.500 9M5 15.500h10",
  upload: "M10 12.500V4m-3.500 3.500L10 4l3.500 3.500M5 15.500h10",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4Zm3.700 8.700L16 16",
  database:
    "M4.500 6c0-1.100 2.500-2 5.500-2s5.500.9 5.500 2-2.500 2-5.500 2-5.500-.9-5.500-2Zm0 0v8c0 1.100 2.500 2 5.500 2s5.500-.9 5.500-2V6M4.500 10c0 1.100 2.500 2 5.500 2s5.500-.9 5.500-2",
  refresh: "M15.500 10a5.500 5.500 0 1 1-1.700-4M14.500 3.500v3h-3",
  dots: "M4.5 9.5h1v1h-1zM9.5 9.5h1v1h-1zM14.5 9.5h1v1h-1z",
  close: "m5.500 5.500 9 9m0-9-9 9",
  book: "M4 4.500h4.500A1.500 1.500 0 0 1 10 6v10a2 2 0 0 0-2-1.500H4zM16 4.500h-4.500A1.500 1.500 0 0 0 10 6v10a2 2 0 0 1 2-1.500h4z",
  sliders: "M4 7h7m4 0h1M4 13h1m4 0h7M13 5v4M7 11v4",
  edit: "M5 15l.6-2.900L13 4.700l2.300 2.300-7.400 7.400zM11.500 6.200l2.300 2.300",
  puzzle:
    "M8 4.500a1.500 1.500 0 0 1 3 0V6h3.500v3.500H13a1.500 1.500 0 0 0 0 3h1.500V16H11v-1.500a1.500 1.500 0 0 0-3 0V16H4.500V6H8z",
  terminal: "m5 6.500 3.500 3.500L5 13.500m5 .5h5",
  alert: "M10 4.500 16.500 15.500h-13zM10 9v3M10 13.800h.01",
  check: "m5 10.500 3.500 3.500L15 6.500",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
