import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showToast, ToastRegion } from "./toast.tsx";

beforeEach(() => {
  vi.useFakeTimers();
  render(<ToastRegion label="Notices" closeLabel="Dismiss" />);
});

afterEach(() => {
  act(() => vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
});

test("a toast leaves by itself after eight seconds", () => {
  act(() => void showToast({ text: "Deleted" }));
  act(() => vi.advanceTimersByTime(7900));
  expect(screen.queryByText("Deleted")).not.toBeNull();
  act(() => vi.advanceTimersByTime(200));
  expect(screen.queryByText("Deleted")).toBeNull();
});

test("it stays for as long as the pointer or focus is on it", () => {
  act(() => void showToast({ text: "Deleted", action: { label: "Undo", run: () => undefined } }));
  const undo = screen.getByRole("button", { name: "Undo" });
  act(() => undo.focus());
  act(() => vi.advanceTimersByTime(60_000));
  expect(screen.queryByText("Deleted")).not.toBeNull();
  act(() => undo.blur());
  act(() => vi.advanceTimersByTime(8100));
  expect(screen.queryByText("Deleted")).toBeNull();
});

test("Undo runs once and takes the toast away", () => {
  const run = vi.fn();
  act(() => void showToast({ text: "Deleted", action: { label: "Undo", run } }));
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(run).toHaveBeenCalledOnce();
  expect(screen.queryByText("Deleted")).toBeNull();
});

test("at most three stand at once, and each can be dismissed", () => {
  act(() => {
    for (const text of ["one", "two", "three", "four"]) showToast({ text });
  });
  expect(screen.queryByText("one")).toBeNull();
  expect(screen.getAllByRole("button", { name: "Dismiss" })).toHaveLength(3);
  fireEvent.click(screen.getAllByRole("button", { name: "Dismiss" })[0] as HTMLElement);
  expect(screen.queryByText("two")).toBeNull();
});
