package com.withampersand.sdk.platform;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import java.util.Optional;

/**
 * The project's destinations, as far as a receiver of webhooks needs them: their signing secrets.
 *
 * <p>Safe to share between threads. Errors are those of {@link AmpersandClient}.
 */
public final class Destinations {
  private final ApiCalls calls;
  private final String path;

  Destinations(ApiCalls calls, String projectPath) {
    this.calls = calls;
    this.path = projectPath + "/destinations";
  }

  /**
   * Returns the secret that a destination's webhooks are signed with: give it to a {@link
   * com.withampersand.sdk.webhook.WebhookVerifier}.
   *
   * @param name the destination's name
   * @throws ApiException with status 404 if there is none of this name
   * @throws ProtocolException if Ampersand names no secret, as for a destination that is no webhook
   */
  public Secret signingSecret(String name) {
    return secret(ApiRequest.of("reading of the signing secret of " + name, "GET", of(name)), name);
  }

  /**
   * Replaces the secret that a destination's webhooks are signed with, and returns the new one.
   * Accept the old one along with it for a day: deliveries may still be signed with it.
   *
   * <p>This is sent once and never repeated, since each time makes another secret. If its
   * {@linkplain AmpersandException#isOutcomeUnknown() outcome is unknown}, call {@link
   * #signingSecret}: it returns the secret that counts, the new one or the old one.
   *
   * @param name the destination's name
   * @throws ApiException with status 404 if there is none of this name
   * @throws ProtocolException if Ampersand names no secret, as for a destination that is no webhook
   */
  public Secret rotateSigningSecret(String name) {
    ApiRequest request =
        ApiRequest.of("rotation of the signing secret of " + name, "GET", of(name))
            .query("rotate", Optional.of("true"))
            .once();
    return secret(request, name);
  }

  private Secret secret(ApiRequest request, String name) {
    Members secrets =
        calls.object(request.query("includeSecrets", Optional.of("true"))).object("secrets");
    return secrets
        .secret("webhookSigningKey")
        .orElseThrow(
            () ->
                new ProtocolException(
                    "Ampersand names no signing secret of destination "
                        + name
                        + ": only a destination of type webhook has one. Copy it from the destination's page if it is one.",
                    !request.isReading()));
  }

  private String of(String name) {
    return path + "/" + Names.segment(name, "name");
  }
}
