/**
 * Stateful fakes of the servers that the SDK talks to, for tests and for trying things out.
 *
 * <p>A {@link com.withampersand.sdk.testkit.FakeSalesforce} has the app and one org; {@code addOrg}
 * adds a {@link com.withampersand.sdk.testkit.FakeOrg}, and that a {@link
 * com.withampersand.sdk.testkit.FakeUser}. A user who approves gets an {@link
 * com.withampersand.sdk.testkit.IssuedGrant}, on which a test sees the refreshes and which it can
 * revoke. A {@link com.withampersand.sdk.testkit.FakeAmpersand} is started on a {@code
 * FakeSalesforce}, connects customers there, and sends webhooks to its {@link
 * com.withampersand.sdk.testkit.FakeDestination}.
 *
 * <p>What goes wrong is told to either: a {@link com.withampersand.sdk.testkit.Fault} for single
 * requests, a {@link com.withampersand.sdk.testkit.Gate} that holds one until the test releases it,
 * a {@link com.withampersand.sdk.testkit.Situation} that lasts. {@link
 * com.withampersand.sdk.testkit.FakesExtension} gives both fakes to tests of JUnit, and {@link
 * com.withampersand.sdk.testkit.StandaloneFakes} runs them for other languages. They share no code
 * with the SDK.
 */
@NullMarked
package com.withampersand.sdk.testkit;

import org.jspecify.annotations.NullMarked;
