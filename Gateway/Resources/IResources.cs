using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources;

/// <summary>A family of resources: one class, found by itself at start.</summary>
public interface IResources
{
    /// <summary>True when what it lists or reads depends on the tenant: such answers are never cached across callers (rule C1).</summary>
    bool IsPrivate { get; }

    /// <summary>The categories by which <c>--tools</c> selects it; none means always on.</summary>
    IReadOnlyList<string> Categories => [];

    /// <summary>The scope that its templates and subscriptions take; a family checks its readers itself, for only it knows which URIs are its own. Null for none.</summary>
    string? Scope => null;

    /// <summary>The vault that a URI of this family is about; null where it is about none.</summary>
    string? VaultOf(string uri) => null;

    /// <summary>Templates of URIs it can read.</summary>
    IReadOnlyList<ResourceTemplate> Templates { get; }

    /// <summary>A page of the resources that can be listed, in a stable order.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="after"><see cref="ResourcePage.Next"/> of the page before, as a client brought it back; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit);

    /// <summary>Reads one; null when the URI is not of this family or names nothing.</summary>
    ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call);

    /// <summary>Whether a URI is one of this family's that can change, and so be subscribed to.</summary>
    bool CanSubscribe(string uri);

    /// <summary>The one spelling of a URI of this family under which its changes are told; others are equivalent to it.</summary>
    string Canonicalize(string uri) => uri;

    /// <summary>The canonical URIs that may read differently once events were appended to a vault.</summary>
    IEnumerable<string> ChangedBy(VaultName vault) => [];

    /// <summary>Completes a variable of a template; the best first, at most 100.</summary>
    ValueTask<IReadOnlyList<string>> CompleteAsync(string template, CompletionCall call) => new([]);
}

/// <summary>One <c>resources/read</c> or <c>resources/list</c>.</summary>
public sealed class ResourceCall : Call
{
    internal ResourceCall(ICallChannel channel, string uri, Authorizer authorizer)
        : base(channel, authorizer) => Uri = uri;

    /// <summary>The URI asked for; empty for a list.</summary>
    public string Uri { get; }
}
