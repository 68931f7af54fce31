namespace RlOffload.Agents.Planners;

/// <summary>The best courses that are known of the windows that are played, for <see cref="HindsightPlanner"/>. Filled before play, read by several threads.</summary>
public sealed class HindsightCourses
{
    private IReadOnlyDictionary<int, int[]> _courses = new Dictionary<int, int[]>();

    /// <param name="courses">By window, the plan of each request.</param>
    public void Become(IReadOnlyDictionary<int, int[]> courses) => _courses = courses;

    /// <summary>Null where nothing is known of the window.</summary>
    public int[]? Of(int window) => _courses.GetValueOrDefault(window);
}
