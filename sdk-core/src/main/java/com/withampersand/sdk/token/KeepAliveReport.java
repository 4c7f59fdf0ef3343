package com.withampersand.sdk.token;

/**
 * What {@link FreshTokens#keepAlive} did.
 *
 * @param seen how many grants it looked at
 * @param renewed how many it refreshed
 * @param ended how many need the user's consent, those marked before among them
 * @param failed how many could not be refreshed for another reason
 * @param isComplete whether it looked at every grant; false if the thread was interrupted
 */
public record KeepAliveReport(
    long seen, long renewed, long ended, long failed, boolean isComplete) {}
