package com.withampersand.sdk.platform;

import com.withampersand.sdk.internal.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the catalog says about a provider, typed as far as a client of OAuth needs it. The rest is
 * among {@link #members()}.
 *
 * @param name the provider's name in the catalog, such as {@code salesforce}
 * @param displayName the name that people know it by
 * @param authType how it authenticates, such as {@code oauth2}
 * @param baseUrl where its own API is, with placeholders such as {@code {{.workspace}}}
 * @param members everything that the catalog says, as texts, numbers, booleans, lists and maps
 */
public record ProviderInfo(
    String name, String displayName, String authType, String baseUrl, Map<String, Object> members) {
  /** Copies the members. */
  public ProviderInfo {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  static ProviderInfo of(String name, Members members) {
    return new ProviderInfo(
        members.text("name").orElse(name),
        members.text("displayName").orElse(name),
        members.text("authType").orElse(""),
        members.text("baseURL").orElse(""),
        members.plain());
  }

  /** Returns how it does OAuth 2.0, such as {@code authorizationCode}; empty if it does not. */
  public Optional<String> grantType() {
    return oauth("grantType", String.class);
  }

  /** Returns the template of its authorization URL, if it has one. */
  public Optional<String> authUrl() {
    return oauth("authURL", String.class);
  }

  /** Returns the template of its token URL, if it does OAuth 2.0. */
  public Optional<String> tokenUrl() {
    return oauth("tokenURL", String.class);
  }

  /** Tells whether scopes have to be named before the user consents. */
  public boolean needsScopes() {
    return oauth("explicitScopesRequired", Boolean.class).orElse(false);
  }

  /**
   * Tells whether the workspace, Salesforce's My Domain for example, has to be named before the
   * user consents.
   */
  public boolean needsWorkspace() {
    return oauth("explicitWorkspaceRequired", Boolean.class).orElse(false);
  }

  /** Returns the names and how it authenticates. */
  @Override
  public String toString() {
    return "ProviderInfo[%s, %s, %s]"
        .formatted(
            Text.redacted(name, List.of()),
            Text.redacted(displayName, List.of()),
            Text.redacted(authType, List.of()));
  }

  private <T> Optional<T> oauth(String name, Class<T> type) {
    return members.get("oauth2Opts") instanceof Map<?, ?> options
            && type.isInstance(options.get(name))
        ? Optional.of(type.cast(options.get(name)))
        : Optional.empty();
  }
}
