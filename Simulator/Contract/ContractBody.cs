using System.Text.Json.Nodes;

namespace Granary.Simulator.Contract;

/// <summary>The body that an endpoint takes.</summary>
internal sealed record ContractBody(string MediaType, bool IsRequired, Func<JsonNode?, IReadOnlyList<string>> Check)
{
    /// <summary>The status of an answer to a body that does not fit.</summary>
    public int BadStatus { get; init; } = 400;
}
