/**
 * Webhooks that Ampersand sends: {@link com.withampersand.sdk.webhook.WebhookVerifier} checks who
 * sent one, and returns it as an {@link com.withampersand.sdk.webhook.AmpersandEvent}.
 */
@NullMarked
package com.withampersand.sdk.webhook;

import org.jspecify.annotations.NullMarked;
