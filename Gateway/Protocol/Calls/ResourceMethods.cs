using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

internal sealed class ResourcesList(ResourceCatalog catalog, Authorizer authorizer) : IRpcMethod
{
    public string Name => RequestMethods.ResourcesList;

    public bool IsCounted => true;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var from = default(ResourceCursor);
        if (Pages.Cursor(call.Envelope) is { } cursor && !(ResourceCursor.TryRead(cursor, out from) && from.Family < catalog.Families))
            throw RpcException.InvalidCursor();
        var (page, next) = await catalog.ListAsync(new ResourceCall(call, "", authorizer), from, Pages.Size);
        ResultWriter.Write(reply, call, new ListResourcesResult
        {
            Resources = page,
            NextCursor = next?.Write(),
            TimeToLive = catalog.IsPrivate ? TimeSpan.Zero : ResultWriter.TimeToLive,
            CacheScope = catalog.IsPrivate ? CacheScope.Private : CacheScope.Public,
        });
    }
}

internal sealed class ResourceTemplatesList(ResourceCatalog catalog, Authorizer authorizer) : IRpcMethod
{
    private readonly ListCache<ResourceTemplate> _list = new(catalog.Templates, catalog.TargetOf, authorizer, (page, next, scope) => new ListResourceTemplatesResult
    {
        ResourceTemplates = page,
        NextCursor = next,
        TimeToLive = ResultWriter.TimeToLive,
        CacheScope = scope,
    });

    public string Name => RequestMethods.ResourcesTemplatesList;

    public bool IsList => true;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        _list.Write(call, reply);
        return default;
    }
}

internal sealed class ResourcesRead(ResourceCatalog catalog, Authorizer authorizer) : IRpcMethod
{
    public string Name => RequestMethods.ResourcesRead;

    public bool IsCounted => true;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var uri = ResourceUri.Require(call);
        if (await catalog.ReadAsync(new ResourceCall(call, uri, authorizer)) is not { } found)
        {
            throw new RpcException(
                call.IsModern ? RpcErrors.InvalidParams : RpcErrors.LegacyResourceNotFound,
                $"Resource not found: {uri}",
                200,
                data =>
                {
                    data.WriteStartObject();
                    data.WriteString("uri", uri);
                    data.WriteEndObject();
                });
        }
        found.Result.TimeToLive ??= TimeSpan.Zero;
        found.Result.CacheScope ??= found.Family.IsPrivate ? CacheScope.Private : CacheScope.Public;
        ResultWriter.Write(reply, call, found.Result);
    }
}

/// <summary>Checks a client's URI before anyone acts on it (rule X3).</summary>
internal static class ResourceUri
{
    private const int MaxLength = 2048;

    public static string Require(CallChannel call)
    {
        var uri = call.Envelope.Uri;
        if (string.IsNullOrEmpty(uri))
            throw RpcException.InvalidParams("'params.uri' is required: the URI of a resource.");
        if (uri.Length > MaxLength)
            throw RpcException.InvalidParams($"'params.uri' is longer than {MaxLength} characters.");
        if (uri.Any(char.IsControl) || !uri.Contains(':', StringComparison.Ordinal) || uri.Split('/').Contains(".."))
            throw RpcException.InvalidParams("'params.uri' is not an absolute URI without '..' and control characters.");
        return uri;
    }
}
