namespace Granary.Gateway.Api;

/// <summary>A path of the API, and what it does.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path's pattern.</param>
/// <param name="Tool">The tool that does the same, for records.</param>
/// <param name="Scope">What it takes.</param>
/// <param name="Serve">What it does.</param>
internal sealed record VaultApiRoute(string Method, string Path, string Tool, string Scope, Func<VaultApiCall, Task<ApiAnswer>> Serve)
{
    /// <summary>The parameters that its query may have.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];
}
