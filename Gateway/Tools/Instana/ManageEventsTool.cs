using Granary.Gateway.Configuration;
using Granary.Instana;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Instana;

/// <summary><c>manage_events</c>: incidents, issues, changes, Kubernetes and agent events.</summary>
internal sealed class ManageEventsTool(ITenants tenants, GatewayOptions options) : InstanaTool(InstanaTools.Events, tenants, options);
