/** The people of the sample wiki. */
export interface Person {
  id: string;
  name: string;
  password: string;
  disabled?: boolean;
  /** Pages that these people visit. */
  pages: readonly string[];
}

export const PEOPLE: readonly Person[] = [
  {
    id: 'u-admin',
    name: 'AdminUser',
    password: 'moin admin',
    pages: ['FrontPage', 'RecentChanges', 'SystemInfo', 'WikiSandBox', 'HelpOnSessions'],
  },
  {
    id: 'u-juergen',
    name: 'JürgenMüller',
    password: 'moin jürgen',
    pages: ['StartSeite', 'Projekt/2026/Größe', 'Käsekuchen', 'MüllAbfuhr', 'StraßenFest'],
  },
  {
    id: 'u-sakura',
    name: '田中さくら',
    password: 'moin sakura',
    pages: ['フロントページ', '会議録/2026-11', '最近の更新', 'ヘルプ目次', '京都旅行'],
  },
  {
    id: 'u-olga',
    name: 'ОльгаПетрова',
    password: 'moin olga',
    pages: ['ЗаглавнаяСтраница', 'СвежиеИзменения', 'Проект/План', 'Рецепты/Борщ'],
  },
  {
    id: 'u-avi',
    name: 'אבי כהן',
    password: 'moin avi',
    pages: ['עמוד ראשי', 'שינויים אחרונים', 'FrontPage'],
  },
  {
    id: 'u-umar',
    name: 'عمر الفاروق',
    password: 'moin umar',
    pages: ['الصفحة الرئيسية', 'مساعدة', 'FrontPage'],
  },
  { id: 'u-zoe', name: 'Zoë 🦊', password: 'moin zoe', pages: ['FrontPage', 'Foxes 🦊', 'WikiSandBox'] },
  {
    id: 'u-kostas',
    name: 'ΚώσταςΠαππάς',
    password: 'moin kostas',
    pages: ['ΑρχικήΣελίδα', 'ΠρόσφατεςΑλλαγές'],
  },
  { id: 'u-priya', name: 'प्रिया', password: 'moin priya', pages: ['मुख्य पृष्ठ', 'FrontPage', 'हाल के परिवर्तन'] },
  {
    id: 'u-gone',
    name: 'FormerColleague',
    password: 'moin former',
    disabled: true,
    pages: ['FrontPage', 'HandOver'],
  },
];

export const VISITORS_PAGES = [
  'FrontPage',
  'HelpContents',
  'FindPage',
  'TitleIndex',
  'WikiCourse/01',
  'ÜberUns',
  'お知らせ',
];
