import { classNames } from "./class-names.ts";

/** The mark: a sea wall with its recurved crown, and one line of water. Decorative; the word beside it names it. */
export function Mark({ size = 20, className }: { size?: number; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      aria-hidden="true"
      className={classNames("flex-none", className)}
    >
      <path
        className="fill-ink"
        d="M2.5 16.5C2.5 8.5 7.4 3 14.4 3C17.4 3 19.9 4 21.5 5.9L18.6 9C17.6 7.9 16.2 7.3 14.4 7.3C10.6 7.3 8.6 10.4 8.6 16.5Z"
      />
      <path
        className="stroke-accent"
        d="M3 20.75q2.25-2.2 4.5 0t4.5 0t4.5 0t4.5 0"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
