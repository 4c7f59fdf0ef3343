package com.withampersand.sdk.http;

import com.withampersand.sdk.contract.HttpTransportContract;

class SharedHttpTransportContractTest implements HttpTransportContract {
  @Override
  public HttpTransport transport() {
    return HttpTransport.shared();
  }
}
