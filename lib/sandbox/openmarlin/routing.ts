import { refuse } from "#lib/sandbox/openmarlin/answers.ts";
import { type Provider, prices, providers } from "#lib/sandbox/openmarlin/catalog.ts";

interface Wish {
  provider_id?: string | undefined;
  labels?: Record<string, string> | undefined;
  model?: string | undefined;
}

export interface Route {
  provider: Provider;
  model: string;
  /** Hundredths of a credit. */
  price: number;
}

/**
 * Who answers, with which model: what is given is enforced, the rest is picked. Throws the routing errors. When each of
 * them occurs is not in the contract beyond its name; the sandbox's choices stand beside the lines.
 */
export function routeOf({ provider_id, labels = {}, model }: Wish, down: string[]): Route {
  if (model !== undefined && !/^[^/\s]+\/\S+$/.test(model)) throw refuse("invalid_request");
  const candidates = providers
    .filter(({ id }) => provider_id === undefined || id === provider_id)
    .filter(({ models }) => model === undefined || models.includes(model));
  // A model that nobody serves and a provider that does not serve it are both "no such provider for this".
  if (candidates.length === 0) throw refuse("execution_provider_not_found");
  const matching = candidates.filter((provider) => hasLabels(provider, labels));
  if (matching.length === 0) {
    throw refuse(provider_id === undefined ? "execution_provider_not_found" : "provider_label_mismatch");
  }
  // Labels are there to name one provider. Without any, the first that is up will do.
  if (Object.keys(labels).length > 0 && matching.length > 1) throw refuse("execution_provider_ambiguous");
  const provider = matching.find(({ id }) => !down.includes(id));
  if (provider === undefined) throw refuse("provider_unavailable");
  const chosen = model ?? provider.models[0] ?? "";
  return { provider, model: chosen, price: prices[chosen] ?? 0 };
}

function hasLabels(provider: Provider, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(
    ([name, value]) => Object.hasOwn(provider.labels, name) && provider.labels[name] === value,
  );
}
