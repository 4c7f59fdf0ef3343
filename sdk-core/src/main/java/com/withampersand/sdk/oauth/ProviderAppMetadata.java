package com.withampersand.sdk.oauth;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What Ampersand has to know about a provider app beyond OAuth. It is sent to Ampersand alone: an
 * {@link OAuthFlow} that runs in your own back end takes its further parameters from {@link
 * AuthorizationOptions}.
 *
 * @param authQueryParams further parameters that Ampersand puts into the authorization URL, each
 *     with its values
 * @param providerParams values that belong to the provider, such as {@code packageInstallURL} for
 *     Salesforce
 */
public record ProviderAppMetadata(
    Map<String, List<String>> authQueryParams, Map<String, String> providerParams) {

  /** Copies both maps. */
  public ProviderAppMetadata {
    authQueryParams =
        authQueryParams.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
    providerParams = Map.copyOf(providerParams);
  }

  /** Returns metadata without content. */
  public static ProviderAppMetadata none() {
    return new ProviderAppMetadata(Map.of(), Map.of());
  }
}
