using System.Text.Json.Nodes;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>Where the gateway does not do what the SDK's server does, and why. <paramref name="Level"/> takes the difference out of both replies.</summary>
internal sealed record IntendedDifference(string Name, string Reason, Func<OracleRequest, bool> Concerns, Action<JsonObject> Level);
