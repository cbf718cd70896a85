/**
 * What is used of the package just-bash. A module of ours, because a lazy file of a package alone waits for no other, and this one
 * takes its regular expressions from the re2js that the package has anyway.
 * @module
 */
export { Bash, getCommandNames, getNetworkCommandNames } from "just-bash/browser";
