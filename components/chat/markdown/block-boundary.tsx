"use client";

import { Component, type ReactNode } from "react";

/** A block that cannot be rendered is shown as it was written; the rest of the answer stays. */
export class BlockBoundary extends Component<{ text: string; children: ReactNode }, { failedText: string | null }> {
  override state: { failedText: string | null } = { failedText: null };

  static getDerivedStateFromError(): { failedText: string | null } {
    return { failedText: "" };
  }

  override componentDidCatch(): void {
    this.setState({ failedText: this.props.text });
  }

  override render(): ReactNode {
    const { failedText } = this.state;
    const failed = failedText !== null && (failedText === "" || failedText === this.props.text);
    return failed ? <p className="plain">{this.props.text}</p> : this.props.children;
  }
}
