using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Mesh;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Legacy.Sse;
using Granary.Gateway.Protocol.Stdio;
using Granary.Vault.Redis.Connections;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>
/// Everything that only revisions until 2025-11-25 need. Without this registration, and without this folder, the gateway serves 2026-07-28.
/// </summary>
internal static class LegacyServices
{
    public static IServiceCollection AddLegacyRevisions(this IServiceCollection services) => services
        .AddSingleton<SessionStates>()
        .AddSingleton<LegacySessions>()
        .AddSingleton<SseConversations>()
        .AddSingleton(CreateMesh)
        .AddSingleton<LegacyPost>()
        .AddSingleton<McpGet>()
        .AddSingleton<McpResume>()
        .AddSingleton<McpDelete>()
        .AddSingleton<LegacySse>()
        .AddSingleton<ILegacyHttp, LegacyHttp>()
        .AddSingleton<ILegacyConnections, LegacyConnections>();

    private static IMesh CreateMesh(IServiceProvider services) => services.GetService<RedisLink>() is null
        ? new LoneMesh(ActivatorUtilities.CreateInstance<LocalMemories>(
            services, new SessionJournal(Path.Combine(services.GetRequiredService<GatewayOptions>().DataFolder, "sessions.journal"))))
        : ActivatorUtilities.CreateInstance<RedisMesh>(services);
}
