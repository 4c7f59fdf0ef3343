package com.withampersand.sdk.platform;

import java.util.ArrayList;
import java.util.List;

/**
 * The catalog of the providers that Ampersand connects to. No credential is sent for it.
 *
 * <p>Safe to share between threads. Errors are those of {@link AmpersandClient}.
 */
public final class Providers {
  private final ApiCalls calls;

  Providers(ApiCalls calls) {
    this.calls = calls;
  }

  /** Returns every provider. */
  public List<ProviderInfo> list() {
    ApiRequest request = ApiRequest.of("listing of providers", "GET", "/providers").open();
    Members catalog = calls.object(request);
    List<ProviderInfo> providers = new ArrayList<>();
    catalog
        .node()
        .properties()
        .forEach(
            entry ->
                providers.add(
                    ProviderInfo.of(entry.getKey(), new Members(entry.getValue(), request))));
    return List.copyOf(providers);
  }

  /**
   * Returns a provider.
   *
   * @param name its name in the catalog, such as {@code salesforce}
   * @throws com.withampersand.sdk.ApiException with status 404 if there is none
   */
  public ProviderInfo get(String name) {
    String path = "/providers/" + Names.segment(name, "provider");
    ApiRequest request = ApiRequest.of("reading of provider " + name, "GET", path).open();
    return ProviderInfo.of(name, calls.object(request));
  }
}
