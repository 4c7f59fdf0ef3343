package com.withampersand.sdk.testkit;

/** What a server does with requests. */
@FunctionalInterface
interface HttpService {
  Reply answer(ReceivedRequest request);
}
