/** The one seam to the network: {@link com.withampersand.sdk.http.HttpTransport} and its values. */
@NullMarked
package com.withampersand.sdk.http;

import org.jspecify.annotations.NullMarked;
