/** A provider of the sandbox. The names are invented, so that nobody takes an answer for a real model's. */
export interface Provider {
  id: string;
  labels: Record<string, string>;
  /** Exact refs, the one that automatic routing takes first. */
  models: string[];
}

export const providers: Provider[] = [
  {
    id: "prov_north",
    labels: { region: "eu", tier: "standard" },
    models: ["harbour/beacon", "harbour/beacon-mini"],
  },
  {
    id: "prov_south",
    labels: { region: "us", tier: "standard" },
    models: ["harbour/beacon", "lighthouse/keeper"],
  },
  {
    id: "prov_swift",
    labels: { region: "us", tier: "fast" },
    models: ["harbour/beacon-mini"],
  },
];

/** Runs the video tasks; it serves no model, so it is not listed. */
export const videoProviderId = "prov_reel";

/** Hundredths of a credit for one execution, whatever its length: `measured_units` counts requests. */
export const prices: Record<string, number> = {
  "harbour/beacon": 120,
  "harbour/beacon-mini": 40,
  "lighthouse/keeper": 350,
};

/** Hundredths of a credit for one video: by the second that has begun. */
export function priceOfVideo(durationMs: number): number {
  return 60 * Math.ceil(durationMs / 1000);
}

/** GET /v1/models: nothing about price, context size or modality. */
export function listModels() {
  return {
    data: Object.keys(prices).map((id) => ({
      id,
      providers: providers
        .filter(({ models }) => models.includes(id))
        .map((provider) => ({
          provider_id: provider.id,
          model_providers: [...new Set(provider.models.map(providerPart))],
          labels: provider.labels,
        })),
    })),
  };
}

/** `harbour/beacon` -> `harbour` */
function providerPart(model: string): string {
  return model.slice(0, model.indexOf("/"));
}
