/** A part of what was asked for (RFC 9110 §15.3.7). No request asks for a range. */
export const PARTIAL_CONTENT = 206;
/** The status of each result is in the body (RFC 4918 §11.1). */
export const MULTI_STATUS = 207;
